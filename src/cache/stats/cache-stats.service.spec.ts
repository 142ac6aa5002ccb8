import { cacheStatsQuerySchema } from '@thriftgate/contracts';
import type { GenerationsRepository } from '../../models/generations.repository';
import type { GenerationsService } from '../../models/generations.service';
import type { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import type { CacheMemory } from './cache-memory.service';
import type { CacheStatsRepository, GroupCounts } from './cache-stats.repository';
import { CacheStatsService } from './cache-stats.service';

const counts = (groups: GroupCounts['groups'], members: Partial<GroupCounts> = {}): GroupCounts => ({
  groups,
  hits: 0,
  misses: 0,
  coalesced: 0,
  bypassed: 0,
  refreshed: 0,
  refused: {},
  savedPusd: 0n,
  ...members,
});

describe('the cache statistics', () => {
  const queries: Parameters<CacheStatsRepository['counts']>[] = [];
  let byGeneration: GroupCounts[];
  let data: GroupCounts[];

  const service = () => {
    const repository: Pick<CacheStatsRepository, 'counts' | 'evictions' | 'refreshes'> = {
      refreshes: () => Promise.resolve({ 'Cache-Control': 1 }),
      counts: (...args) => {
        queries.push(args);
        return Promise.resolve({ byGeneration, data });
      },
      evictions: () => Promise.resolve([{ model: 'gpt-4.1', generation: 1, evictions: 7 }]),
    };
    const memory: Pick<CacheMemory, 'count'> = {
      count: () =>
        Promise.resolve([
          { model: 'gpt-4.1', generation: 1, keys: 90, bytes: 90_000 },
          { model: 'gpt-4.1', generation: 2, keys: 3, bytes: 4000 },
          { model: 'o3', generation: 2, keys: 1, bytes: 1500 },
        ]),
    };
    return new CacheStatsService(
      { flush: () => Promise.resolve() } as LedgerDrain,
      repository as CacheStatsRepository,
      memory as CacheMemory,
      { current: (model) => ({ model, generation: 2, version: 'v2' }) } as Pick<
        GenerationsService,
        'current'
      > as GenerationsService,
      {
        history: () =>
          Promise.resolve([
            { model: 'gpt-4.1', generation: 2, version: 'v2', reason: 'declared', created_at: new Date(0) },
          ]),
      } as Pick<GenerationsRepository, 'history'> as GenerationsRepository,
    );
  };
  const read = (query: Record<string, string> = {}) => service().read(cacheStatsQuerySchema.parse(query));

  beforeEach(() => {
    data = [];
    byGeneration = [
      counts({ model: 'gpt-4.1', generation: 1 }, { hits: 1, misses: 2, refused: { cut: 1 }, savedPusd: 1_000_000n }),
      counts(
        { model: 'gpt-4.1', generation: 2 },
        { hits: 2, misses: 1, coalesced: 6, refused: { cut: 2, bypass: 1 }, savedPusd: 2_000_000n },
      ),
    ];
  });

  it('are sums over the generations, the one in force first', async () => {
    const stats = await read();
    expect(stats).toMatchObject({
      total_keys: 4,
      hits: 3,
      misses: 3,
      coalesced: 6,
      hit_rate: 0.5,
      saved_usd: '0.000003',
      refused: { cut: 3, bypass: 1 },
      bytes: 5500,
      evictions: 7,
    });
    expect(
      stats.models.map(({ model, generation, version, keys, evictions }) => [
        model,
        generation,
        version,
        keys,
        evictions,
      ]),
    ).toEqual([
      ['gpt-4.1', 2, 'v2', 3, 0],
      ['gpt-4.1', 1, null, 0, 7],
      ['o3', 2, null, 1, 0],
    ]);
  });

  it('have a hit rate of 0 where nothing was looked up', async () => {
    byGeneration = [counts({ model: 'gpt-4.1', generation: 1 }, { coalesced: 1, bypassed: 3 })];
    expect((await read()).hit_rate).toBe(0);
  });

  it('count whole days, including the last one', async () => {
    await read({ from: '2026-11-01T00:00:00Z', to: '2026-11-30', team_id: 'team_1' });
    expect(queries.at(-1)?.[0]).toEqual({ fromDay: '2026-11-01', toDay: '2026-12-01', teamId: 'team_1' });
  });

  it('show what the cache holds of the requested model alone', async () => {
    byGeneration = [];
    expect(await read({ model: 'o3' })).toMatchObject({ total_keys: 1, bytes: 1500 });
  });

  it('have groups where the query names them', async () => {
    data = [counts({ day: '2026-11-23', version: null }, { hits: 3, misses: 1 })];
    expect((await read({ group_by: 'day,version' })).data).toEqual([
      expect.objectContaining({ day: '2026-11-23', version: null, hits: 3, hit_rate: 0.75, saved_usd: '0' }),
    ]);
    expect(await read()).not.toHaveProperty('data');
  });

  it('refuse a query with too many groups', async () => {
    data = Array.from({ length: 100_001 }, () => counts({ day: '2026-11-23' }));
    await expect(read({ group_by: 'day' })).rejects.toMatchObject({ code: 'invalid_request', param: 'group_by' });
  });
});
