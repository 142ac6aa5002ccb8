import { TurnCounter } from '../testing/turn-counter';
import { Turns } from './turns';

describe('A5: turns of the event loop', () => {
  let counter: TurnCounter;
  let nowMs = 0;
  beforeEach(() => {
    counter = new TurnCounter();
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => {
    counter.stop();
    jest.restoreAllMocks();
  });

  it('end after ten milliseconds of work', async () => {
    const turns = new Turns();
    for (let step = 0; step < 9; step += 1) {
      nowMs += 1;
      await turns.share();
    }
    expect(counter.turns).toBe(0);
    nowMs += 1;
    await turns.share();
    expect(counter.turns).toBe(1);
    await turns.share();
    expect(counter.turns).toBe(1);
  });

  it('are given one by one to what waits at the same time', async () => {
    const turns = new Turns();
    const began = await Promise.all([1, 2, 3].map(() => turns.next().then(() => counter.turns)));
    expect(began).toEqual([1, 2, 3]);
  });
});
