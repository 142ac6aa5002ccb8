import type { DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import type { TwinsService } from '../lines/twins.service';
import { type ShardCalls, ShardLineError } from './shard-calls.service';
import type { VendorBatch } from '@thriftgate/providers';
import { ShardResults } from './shard-results.service';
import type { LeasedShard, ShardLine, ShardsRepository } from './shards.repository';
import type { VendorSite } from './vendor-site';

describe('the results of shards', () => {
  it('A5: read the lines that they close one after the other', async () => {
    const closed: number[] = [];
    const shards = {
      pages: async function* () {
        yield [1, 2, 3].map((lineNo) => ({ lineNo }) as ShardLine);
      },
      close: async (_shard: LeasedShard, _rows: string[], lineNos: readonly number[]) => void closed.push(...lineNos),
    };
    let [running, most] = [0, 0];
    const calls = {
      of: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        throw new ShardLineError();
      },
    };
    const results = new ShardResults(
      shards as unknown as ShardsRepository,
      calls as unknown as ShardCalls,
      {} as DeferredAttempts,
      { settle: async () => undefined } as unknown as TwinsService,
    );
    jest.spyOn(results['logger'], 'error').mockImplementation();
    expect(await results.close({ state: 'sending' } as LeasedShard, 'pending')).toBe(3);
    expect([closed, most]).toEqual([[1, 2, 3], 1]);
  });

  it('A5: end lines together up to a megabyte of answers', async () => {
    const groups: number[][] = [];
    const shards = {
      pages: async function* (_shard: LeasedShard, lineNos: number[]) {
        groups.push(lineNos);
        yield* [];
      },
    };
    const results = new ShardResults(
      shards as unknown as ShardsRepository,
      {} as ShardCalls,
      {} as DeferredAttempts,
      { settle: async () => undefined } as unknown as TwinsService,
    );
    const lines = [100, 600_000, 500_000, 400_000, 2_000_000, 100].map((length, at) => ({
      id: `shard_1-${at + 1}`,
      kind: 'answered',
      body: Buffer.alloc(length),
    }));
    const site = {
      api: { results: () => [{}], readPage: () => ({ lines, next: undefined }) },
      send: async () => ({ body: Buffer.alloc(0) }),
    } as unknown as VendorSite;
    expect(await results.collect({ id: 'shard_1' } as LeasedShard, site, {} as VendorBatch)).toBe(6);
    expect(groups).toEqual([[1, 2, 3], [4, 5], [6]]);
  });
});
