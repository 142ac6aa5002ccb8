import { DrainPace } from './drain-pace';

describe('the pace of the drain', () => {
  let busy: number;
  let mayWait: boolean;
  let pace: DrainPace;

  beforeEach(() => {
    jest.useFakeTimers();
    busy = 0;
    mayWait = true;
    const utilization = () => ({ idle: 0, active: 0, utilization: busy });
    pace = new DrainPace(() => mayWait, utilization);
  });
  afterEach(() => jest.useRealTimers());

  /** Whether a rest is over, asked as time goes by. */
  function resting(workedMs: number): { over: boolean } {
    const state = { over: false };
    void pace.rest(workedMs).then(() => (state.over = true));
    return state;
  }

  it('does not rest while there is nothing else to do', async () => {
    const rest = resting(30);
    await jest.advanceTimersByTimeAsync(1);
    expect(rest.over).toBe(true);
  });

  it('rests longer the busier the calls are', async () => {
    busy = 0.5;
    const rest = resting(30);
    await jest.advanceTimersByTimeAsync(29);
    expect(rest.over).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(rest.over).toBe(true);
  });

  it('stays away from a burst until it is over', async () => {
    busy = 1;
    const rest = resting(30);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(rest.over).toBe(false);
    busy = 0.3;
    await jest.advanceTimersByTimeAsync(100);
    expect(rest.over).toBe(true);
  });

  it('finds a burst whose calls wait for the core while the database works', async () => {
    busy = 0.6;
    const rest = resting(30);
    busy = 1;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(rest.over).toBe(false);
  });

  it('does not take for a burst what was one before it rested', async () => {
    busy = 1;
    const rest = resting(30);
    busy = 0.5;
    await jest.advanceTimersByTimeAsync(60);
    expect(rest.over).toBe(true);
  });

  it('takes its third of a burst when the journal may not wait', async () => {
    busy = 1;
    const rest = resting(30);
    await jest.advanceTimersByTimeAsync(1_000);
    mayWait = false;
    await jest.advanceTimersByTimeAsync(100);
    expect(rest.over).toBe(true);
    const next = resting(30);
    await jest.advanceTimersByTimeAsync(59);
    expect(next.over).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(next.over).toBe(true);
  });

  it('wakes for a waiting caller, and does not rest while it waits', async () => {
    busy = 1;
    const rest = resting(30);
    await jest.advanceTimersByTimeAsync(1_000);
    let enough = () => {};
    const hurry = pace.hurry(() => new Promise((resolve) => (enough = resolve)));
    await jest.advanceTimersByTimeAsync(0);
    expect(rest.over).toBe(true);
    const next = resting(30);
    await jest.advanceTimersByTimeAsync(0);
    expect(next.over).toBe(true);
    enough();
    await hurry;
    const later = resting(30);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(later.over).toBe(false);
  });
});
