import type { GatewayConfig } from '../../config/gateway-config';
import type { BatchQueue } from '../queue/batch-queue';
import { NativeDispatcher } from './native-dispatcher.service';
import type { NativeRunner } from './native-runner.service';
import type { LeasedShard, ShardsRepository } from './shards.repository';

const POLL_MS = 30_000;

describe('NativeDispatcher', () => {
  const due: LeasedShard[] = [];
  const atWork: (readonly string[])[] = [];
  const ends: (() => void)[] = [];
  let dispatcher: NativeDispatcher;

  const shardOf = (teamId: string) => ({ id: `shard of ${teamId}`, teamId }) as LeasedShard;

  beforeEach(async () => {
    jest.useFakeTimers();
    for (const list of [due, atWork, ends]) list.length = 0;
    const shards: Pick<ShardsRepository, 'claimDue' | 'renew' | 'release'> = {
      claimDue: async (teams) => {
        atWork.push(teams);
        return due.shift();
      },
      renew: async () => undefined,
      release: async () => undefined,
    };
    dispatcher = new NativeDispatcher(
      { databaseUrl: 'postgres://', batch: { pollIntervalMs: POLL_MS } } as GatewayConfig,
      shards as ShardsRepository,
      { work: () => new Promise((resolve) => ends.push(resolve)) } as Pick<NativeRunner, 'work'> as NativeRunner,
      { announce: () => undefined } as unknown as BatchQueue,
    );
    await dispatcher.onApplicationBootstrap();
  });
  afterEach(async () => {
    for (const end of ends) end();
    await dispatcher.onModuleDestroy();
    jest.useRealTimers();
  });

  it('A6: works on four shards at once, and names their teams where it takes another one', async () => {
    due.push(...['a', 'a', 'b', 'a', 'c'].map(shardOf));
    await jest.advanceTimersByTimeAsync(1);
    expect([atWork, due.length]).toEqual([[[], ['a'], ['a', 'a'], ['a', 'a', 'b']], 1]);
    ends[0]?.();
    await jest.advanceTimersByTimeAsync(1_000);
    expect([atWork.at(-1), due.length]).toEqual([['a', 'b', 'a'], 0]);
  });
});
