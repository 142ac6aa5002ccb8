import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { GatewayConfig } from '../../config/gateway-config';
import type { FilesRepository } from '../files/files.repository';
import type { NewBatchesRepository } from '../new-batches.repository';
import type { LinesRepository } from '../lines/lines.repository';
import type { BatchPlanner } from '../plan/batch-planner.service';
import { LocalBatchQueue } from '../queue/batch-queue.local';
import { BatchDispatcher } from './batch-dispatcher.service';
import type { BatchWorker } from './batch-worker.service';

describe('BatchDispatcher', () => {
  beforeAll(() => Logger.overrideLogger(false));

  const planned = new Set<string>();
  let planning: string[];
  let worked: string[];
  let left: string[];
  let queue: LocalBatchQueue;
  let dispatcher: BatchDispatcher;
  let endPlan: () => void;

  beforeEach(async () => {
    planned.clear();
    [planning, worked, left, queue] = [[], [], [], new LocalBatchQueue()];
    const hugePlan = new Promise<void>((resolve) => (endPlan = resolve));
    const planner: Pick<BatchPlanner, 'isPlanned' | 'plan'> = {
      isPlanned: async (batchId) => {
        if (batchId === 'unknown') throw new Error('the database is away');
        return planned.has(batchId);
      },
      plan: async (batchId) => {
        planning.push(batchId);
        if (batchId === 'huge') await hugePlan;
        planned.add(batchId);
        return true;
      },
    };
    const lines = { closeUnstarted: async () => undefined, batchesToWorkOn: async () => [] };
    dispatcher = new BatchDispatcher(
      { databaseUrl: 'postgres://', drainTimeoutMs: 0 } as GatewayConfig,
      queue,
      planner as BatchPlanner,
      {
        work: async ({ id }: { id: string }) => worked.push(id) < 0,
        leave: (teamId: string) => void left.push(teamId),
        stop: () => undefined,
      } as unknown as BatchWorker,
      lines as unknown as LinesRepository,
      { deleteOutdated: async () => undefined } as unknown as FilesRepository,
      { removeAbandoned: async () => undefined } as unknown as NewBatchesRepository,
    );
    await dispatcher.onApplicationBootstrap();
  });
  afterEach(() => dispatcher.onModuleDestroy());

  it('A6: runs lines of other batches, and plans those of other teams, while it plans a large batch', async () => {
    planned.add('small');
    queue.announce({ id: 'huge', teamId: 'team_a', lines: 1_000_000 });
    queue.announce({ id: 'small', teamId: 'team_a', lines: 1 });
    queue.announce({ id: 'other', teamId: 'team_b', lines: 1 });
    await turn();
    expect([planning, worked]).toEqual([
      ['huge', 'other'],
      ['small', 'other'],
    ]);
    endPlan();
    await turn();
    expect(worked).toEqual(['small', 'other', 'huge']);
  });

  it('A6: plans the batches of a team one after another', async () => {
    for (const id of ['huge', 'next']) queue.announce({ id, teamId: 'team_a', lines: 1 });
    await turn();
    expect(planning).toEqual(['huge']);
    endPlan();
    await turn();
    expect([planning, worked]).toEqual([
      ['huge', 'next'],
      ['huge', 'next'],
    ]);
  });

  it('A6: has a team leave its slots once it has no batch to work on, also where that cannot be read', async () => {
    planned.add('small');
    queue.announce({ id: 'small', teamId: 'team_a', lines: 1 });
    queue.announce({ id: 'huge', teamId: 'team_b', lines: 1 });
    queue.announce({ id: 'unknown', teamId: 'team_c', lines: 1 });
    await turn();
    expect(left.toSorted()).toEqual(['team_a', 'team_b', 'team_c']);
  });
});

describe('BatchDispatcher at its start, and hourly', () => {
  let done: string[];
  const note = (what: string) => async () => void done.push(what);
  const started = async (databaseUrl: string | undefined) => {
    done = [];
    const lines = {
      reclaimAll: note('ends leases'),
      closeUnstarted: note('closes lines'),
      batchesToWorkOn: async () => [],
    };
    const dispatcher = new BatchDispatcher(
      { databaseUrl, drainTimeoutMs: 0 } as GatewayConfig,
      new LocalBatchQueue(),
      {} as BatchPlanner,
      { stop: () => undefined } as unknown as BatchWorker,
      lines as unknown as LinesRepository,
      { deleteOutdated: note('deletes files') } as unknown as FilesRepository,
      { removeAbandoned: note('removes what was half made') } as unknown as NewBatchesRepository,
    );
    await dispatcher.onApplicationBootstrap();
    return dispatcher;
  };
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it.each([
    ['removes batches that were half made, whose leases it has ended before', undefined, ['ends leases']],
    ['leaves leases to other processes', 'postgres://', []],
  ])('%s', async (_what, databaseUrl, before) => {
    const dispatcher = await started(databaseUrl);
    await jest.advanceTimersByTimeAsync(1);
    expect(done).toEqual([...before, 'closes lines', 'removes what was half made', 'deletes files']);
    await dispatcher.onModuleDestroy();
  });

  it('removes them once an hour from then on', async () => {
    const dispatcher = await started('postgres://');
    const removals = () => done.filter((what) => what === 'removes what was half made').length;
    await jest.advanceTimersByTimeAsync(3_590_000);
    expect([removals(), done.length > 100]).toEqual([1, true]);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(removals()).toBe(2);
    await dispatcher.onModuleDestroy();
  });
});
