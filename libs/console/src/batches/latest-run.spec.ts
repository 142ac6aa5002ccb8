import { LatestRun } from './latest-run';

describe('the check of a file', () => {
  it('has no result once it was stopped, whether it ends or fails', async () => {
    const runs = new LatestRun();
    const stopped = runs.start(() => Promise.resolve('of an old template'));
    const failed = runs.start(() => Promise.reject(new Error('stopped')));
    runs.stop();
    expect([await stopped, await failed]).toEqual([undefined, undefined]);
  });

  it('stops the one before, and has its own result or failure', async () => {
    const runs = new LatestRun();
    let first: AbortSignal | undefined;
    const before = runs.start((signal) => {
      first = signal;
      return Promise.resolve(1);
    });
    expect(await runs.start(() => Promise.resolve(2))).toBe(2);
    expect([await before, first?.aborted]).toEqual([undefined, true]);
    await expect(runs.start(() => Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
  });
});
