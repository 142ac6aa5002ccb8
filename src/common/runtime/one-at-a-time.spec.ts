import { oneAtATime } from './one-at-a-time';

/** Reads of a state that take as long as the test says. */
function setUp() {
  let stored = 0;
  let seen = 0;
  const ends: (() => void)[] = [];
  const reload = oneAtATime(async () => {
    const read = stored;
    await new Promise<void>((resolve) => ends.push(resolve));
    seen = read;
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { reload, ends, turn, store: (value: number) => (stored = value), seen: () => seen };
}

describe('work that runs one at a time', () => {
  it('never puts an older state over a newer one', async () => {
    const { reload, ends, turn, store, seen } = setUp();
    const first = reload();
    await turn();
    store(1);
    const second = reload();
    await turn();
    // The second read would end first.
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await first;
    await turn();
    ends[1]?.();
    await second;
    expect(seen()).toBe(1);
  });

  it('serves all who ask meanwhile with one run, which begins after they asked', async () => {
    const { reload, ends, turn, store, seen } = setUp();
    void reload();
    await turn();
    const waiting = [reload(), reload()];
    store(2);
    waiting.push(reload());
    ends[0]?.();
    await turn();
    ends[1]?.();
    await Promise.all(waiting);
    expect([ends.length, seen()]).toEqual([2, 2]);
  });

  it('runs again after a failure, which its own askers get', async () => {
    let runs = 0;
    const work = oneAtATime(async () => {
      runs += 1;
      if (runs === 1) throw new Error('away');
      return Promise.resolve();
    });
    await expect(work()).rejects.toThrow('away');
    await work();
    expect(runs).toBe(2);
  });
});
