import { Logger } from '@nestjs/common';
import type { Database } from '../../database/database.connection';
import type { CacheBytes } from '../../database/tables/ledger-tables';
import type { Journal } from '../../ledger/journal/journal.service';
import type { InstancesService } from '../../ledger/owners/instances.service';
import type { OwnersRepository } from '../../ledger/owners/owners.repository';
import type { KeyCount } from '../store/answer-index.store';
import type { EvictionListener, ResponseCacheStore } from '../store/response-cache.store';
import type { CacheMemoryRepository } from './cache-memory.repository';
import { CacheMemory } from './cache-memory.service';
import type { DailyCount } from './daily-counts';

const keyOf = (team: string, model: string, generation: number) =>
  `ai_cache:${team}:${model}:${generation}:${'0'.repeat(64)}`;

/** What the database was told, by one process and others. */
class FakeRepository
  implements
    Pick<CacheMemoryRepository, 'addEvictions' | 'addRefreshes'>,
    Pick<OwnersRepository, 'putCacheBytes' | 'cacheBytes'>
{
  readonly told: {
    evictions: Omit<DailyCount, 'day'>[];
    refreshes: [string, number][];
    bytes: (readonly CacheBytes[])[];
  } = {
    evictions: [],
    refreshes: [],
    bytes: [],
  };
  away = false;
  known = true;
  others: CacheBytes[] = [];

  addEvictions(evictions: readonly DailyCount[]): Promise<void> {
    if (this.away) return Promise.reject(new Error('connect ECONNREFUSED'));
    this.told.evictions.push(...evictions.map(({ day: _day, ...rest }) => rest));
    return Promise.resolve();
  }

  addRefreshes(counts: readonly DailyCount[]): Promise<void> {
    this.told.refreshes.push(...counts.map(({ cause, count }): [string, number] => [cause, count]));
    return Promise.resolve();
  }

  putCacheBytes(_instanceId: string, bytes: readonly CacheBytes[]): Promise<boolean> {
    if (this.away) return Promise.reject(new Error('connect ECONNREFUSED'));
    this.told.bytes.push(bytes);
    return Promise.resolve(this.known);
  }

  cacheBytes(): Promise<CacheBytes[]> {
    return Promise.resolve([...(this.told.bytes.at(-1) ?? []), ...this.others]);
  }
}

describe('the memory of the cache', () => {
  let evict: EvictionListener;
  let takeForDead: () => void;
  let held: KeyCount[];
  let repository: FakeRepository;
  let memory: CacheMemory;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    held = [];
    repository = new FakeRepository();
    const store: Pick<ResponseCacheStore, 'onEvicted' | 'count' | 'bytesInMemory'> = {
      onEvicted: (listener) => void (evict = listener),
      count: () => Promise.resolve(held),
      bytesInMemory: () => held.map(({ model, generation, bytes }) => ({ model, generation, bytes })),
    };
    const processes: Pick<InstancesService, 'onDeclaredDead'> = {
      onDeclaredDead: (listener) => void (takeForDead = listener),
    };
    memory = new CacheMemory(
      store as ResponseCacheStore,
      repository as Pick<CacheMemoryRepository, keyof CacheMemoryRepository> as CacheMemoryRepository,
      { instanceId: 'instance_1' } as Journal,
      repository as Pick<OwnersRepository, 'putCacheBytes' | 'cacheBytes'> as OwnersRepository,
      {} as Database,
      processes as InstancesService,
    );
  });

  it('tells evictions once, by team, model and generation', async () => {
    evict(keyOf('team_1', 'gpt-4.1', 2), 2000);
    evict(keyOf('team_1', 'gpt-4.1', 2), 3000);
    evict(keyOf('team_2', 'ft:gpt-4.1:org:1', 1), 1000);
    await memory.flush();
    await memory.flush();
    expect(repository.told.evictions).toEqual([
      { teamId: 'team_1', model: 'gpt-4.1', generation: 2, cause: '', count: 2 },
      { teamId: 'team_2', model: 'ft:gpt-4.1:org:1', generation: 1, cause: '', count: 1 },
    ]);
  });

  it('C3: tells refreshes by their cause', async () => {
    for (const cause of ['Cache-Control', 'cache.no-cache', 'Cache-Control'])
      memory.countRefresh(keyOf('team_1', 'gpt-4.1', 2), cause);
    await memory.flush();
    await memory.flush();
    expect(repository.told.refreshes).toEqual([
      ['Cache-Control', 2],
      ['cache.no-cache', 1],
    ]);
  });

  it('keeps what it counted while the database is away', async () => {
    repository.away = true;
    evict(keyOf('team_1', 'gpt-4.1', 1), 2000);
    await memory.flush();
    evict(keyOf('team_1', 'gpt-4.1', 1), 2000);
    await memory.flush();
    repository.away = false;
    await memory.flush();
    expect(repository.told.evictions).toEqual([
      { teamId: 'team_1', model: 'gpt-4.1', generation: 1, cause: '', count: 2 },
    ]);
  });

  it('tells bytes when they have changed, and again where the database does not have them', async () => {
    held = [{ model: 'gpt-4.1', generation: 1, keys: 3, bytes: 4000 }];
    await memory.flush();
    await memory.flush();
    const said = [{ model: 'gpt-4.1', generation: 1, bytes: 4000 }];
    expect(repository.told.bytes).toEqual([said]);
    takeForDead();
    repository.known = false;
    await memory.flush();
    await memory.flush();
    expect(repository.told.bytes).toEqual([said, said, said]);
    held = [];
    await memory.flush();
    expect(repository.told.bytes.at(-1)).toEqual([]);
  });

  it('counts keys of its store, and bytes of all processes', async () => {
    held = [{ model: 'gpt-4.1', generation: 1, keys: 3, bytes: 4000 }];
    repository.others = [{ model: 'o3', generation: 2, bytes: 500 }];
    expect(await memory.count()).toEqual([
      { model: 'gpt-4.1', generation: 1, keys: 3, bytes: 4000 },
      { model: 'o3', generation: 2, keys: 0, bytes: 500 },
    ]);
  });
});
