import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { LocalBatchQueue } from './batch-queue.local';

beforeAll(() => Logger.overrideLogger(false));

describe('LocalBatchQueue', () => {
  it('works on batches in turns until they have no more lines', async () => {
    const queue = new LocalBatchQueue();
    const open = new Map([
      ['a', 3],
      ['b', 1],
    ]);
    const worked: string[] = [];
    queue.announce('a');
    queue.announce('b');
    queue.start(async (batchId) => {
      worked.push(batchId);
      open.set(batchId, (open.get(batchId) ?? 0) - 1);
      return (open.get(batchId) ?? 0) > 0;
    });
    await turn();
    expect(worked).toEqual(['a', 'b', 'a', 'a']);

    queue.announce('b');
    await turn();
    expect(worked.at(-1)).toBe('b');
  });

  it('continues after failed work, and stops on stop()', async () => {
    const queue = new LocalBatchQueue();
    const worked: string[] = [];
    queue.start(async (batchId) => {
      worked.push(batchId);
      if (batchId === 'bad') throw new Error('the database is away');
      return batchId === 'endless';
    });
    queue.announce('bad');
    queue.announce('good');
    await turn();
    expect(worked).toEqual(['bad', 'good']);

    queue.announce('endless');
    await queue.stop();
    await turn();
    const count = worked.length;
    await turn();
    expect(worked).toHaveLength(count);
  });
});
