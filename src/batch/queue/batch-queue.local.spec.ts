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
    queue.announce({ id: 'a', teamId: 'team_1', lines: 3 });
    queue.announce({ id: 'b', teamId: 'team_2', lines: 1 });
    queue.start(async ({ id: batchId }) => {
      worked.push(batchId);
      open.set(batchId, (open.get(batchId) ?? 0) - 1);
      return (open.get(batchId) ?? 0) > 0;
    });
    await turn();
    expect(worked).toEqual(['a', 'b', 'a', 'a']);

    queue.announce({ id: 'b', teamId: 'team_2', lines: 1 });
    await turn();
    expect(worked.at(-1)).toBe('b');
  });

  it('A6: gives teams turns, however many batches each has', async () => {
    const queue = new LocalBatchQueue();
    const worked: string[] = [];
    for (const id of ['a1', 'a2', 'a3']) queue.announce({ id, teamId: 'team_a', lines: 1 });
    queue.announce({ id: 'b1', teamId: 'team_b', lines: 1 });
    queue.start(async ({ id: batchId }) => {
      worked.push(batchId);
      return worked.length < 8;
    });
    for (let i = 0; i < 5; i += 1) await turn();
    expect(worked.slice(0, 8)).toEqual(['a1', 'b1', 'a2', 'b1', 'a3', 'b1', 'a1', 'b1']);
  });

  it('continues after failed work, and stops on stop()', async () => {
    const queue = new LocalBatchQueue();
    const worked: string[] = [];
    queue.start(async ({ id: batchId }) => {
      worked.push(batchId);
      if (batchId === 'bad') throw new Error('the database is away');
      return batchId === 'endless';
    });
    queue.announce({ id: 'bad', teamId: 'team_1', lines: 1 });
    queue.announce({ id: 'good', teamId: 'team_1', lines: 1 });
    await turn();
    expect(worked).toEqual(['bad', 'good']);

    queue.announce({ id: 'endless', teamId: 'team_1', lines: 1 });
    await queue.stop();
    await turn();
    const count = worked.length;
    await turn();
    expect(worked).toHaveLength(count);
  });
});
