import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from './in-parallel';

describe('work in parallel', () => {
  it('has its results in order, and runs so many at the same time', async () => {
    let [running, most] = [0, 0];
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (ms) => {
      most = Math.max(most, (running += 1));
      await sleep(ms);
      running -= 1;
      return ms * 10;
    });
    expect([results, most]).toEqual([[50, 10, 40, 20, 30], 2]);
  });

  it('begins nothing after a failure, and ends what runs before it throws', async () => {
    const [begun, ended]: number[][] = [[], []];
    const work = async (item: number) => {
      begun?.push(item);
      await sleep(item === 2 ? 1 : 10);
      if (item === 2) throw new Error('no');
      ended?.push(item);
    };
    await expect(inParallel([1, 2, 3, 4], 2, work)).rejects.toThrow('no');
    expect([begun, ended]).toEqual([[1, 2], [1]]);
  });

  it('of nothing is nothing', async () => expect(await inParallel([], 4, async () => 1)).toEqual([]));
});
