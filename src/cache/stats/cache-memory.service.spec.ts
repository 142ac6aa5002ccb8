import { Logger } from '@nestjs/common';
import type { Database } from '../../database/database.connection';
import type { CacheBytes } from '../../database/tables/ledger-tables';
import type { Journal } from '../../ledger/journal/journal.service';
import type { ProcessesService } from '../../ledger/upkeep/processes.service';
import type { KeyCount } from '../store/answer-index.store';
import type { EvictionListener, ResponseCacheStore } from '../store/response-cache.store';
import type { CacheMemoryRepository, Evictions } from './cache-memory.repository';
import { CacheMemory } from './cache-memory.service';

const keyOf = (team: string, model: string, generation: number) =>
  `ai_cache:${team}:${model}:${generation}:${'0'.repeat(64)}`;

/** A database with what this process has written, and the bytes of other processes. */
class FakeRepository implements Pick<CacheMemoryRepository, 'addEvictions' | 'putBytes' | 'bytes'> {
  readonly written: { evictions: Omit<Evictions, 'day'>[]; bytes: (readonly CacheBytes[])[] } = {
    evictions: [],
    bytes: [],
  };
  away = false;
  known = true;
  others: CacheBytes[] = [];

  addEvictions(evictions: readonly Evictions[]): Promise<void> {
    if (this.away) return Promise.reject(new Error('connect ECONNREFUSED'));
    this.written.evictions.push(...evictions.map(({ day: _day, ...rest }) => rest));
    return Promise.resolve();
  }

  putBytes(_epoch: string, bytes: readonly CacheBytes[]): Promise<boolean> {
    if (this.away) return Promise.reject(new Error('connect ECONNREFUSED'));
    this.written.bytes.push(bytes);
    return Promise.resolve(this.known);
  }

  bytes(): Promise<CacheBytes[]> {
    return Promise.resolve([...(this.written.bytes.at(-1) ?? []), ...this.others]);
  }
}

describe('the memory of the cache', () => {
  let evict: EvictionListener;
  let declareDead: () => void;
  let held: KeyCount[];
  let repository: FakeRepository;
  let memory: CacheMemory;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    held = [];
    repository = new FakeRepository();
    const store: Pick<ResponseCacheStore, 'onEvicted' | 'count' | 'countInMemory'> = {
      onEvicted: (listener) => void (evict = listener),
      count: () => Promise.resolve(held),
      countInMemory: () => Promise.resolve(held),
    };
    const processes: Pick<ProcessesService, 'onDeclaredDead'> = {
      onDeclaredDead: (listener) => void (declareDead = listener),
    };
    memory = new CacheMemory(
      store as ResponseCacheStore,
      repository as Pick<CacheMemoryRepository, keyof CacheMemoryRepository> as CacheMemoryRepository,
      { epoch: 'epoch_1' } as Journal,
      {} as Database,
      processes as ProcessesService,
    );
  });

  it('writes evictions once, by team, model and generation', async () => {
    evict(keyOf('team_1', 'gpt-4.1', 2), 2000);
    evict(keyOf('team_1', 'gpt-4.1', 2), 3000);
    evict(keyOf('team_2', 'ft:gpt-4.1:org:1', 1), 1000);
    await memory.flush();
    await memory.flush();
    expect(repository.written.evictions).toEqual([
      { teamId: 'team_1', model: 'gpt-4.1', generation: 2, evictions: 2 },
      { teamId: 'team_2', model: 'ft:gpt-4.1:org:1', generation: 1, evictions: 1 },
    ]);
  });

  it('keeps its counts while the database is away', async () => {
    repository.away = true;
    evict(keyOf('team_1', 'gpt-4.1', 1), 2000);
    await memory.flush();
    evict(keyOf('team_1', 'gpt-4.1', 1), 2000);
    await memory.flush();
    repository.away = false;
    await memory.flush();
    expect(repository.written.evictions).toEqual([{ teamId: 'team_1', model: 'gpt-4.1', generation: 1, evictions: 2 }]);
  });

  it('writes bytes when they have changed, and again where the database has lost them', async () => {
    held = [{ model: 'gpt-4.1', generation: 1, keys: 3, bytes: 4000 }];
    await memory.flush();
    await memory.flush();
    const expected = [{ model: 'gpt-4.1', generation: 1, bytes: 4000 }];
    expect(repository.written.bytes).toEqual([expected]);
    declareDead();
    repository.known = false;
    await memory.flush();
    await memory.flush();
    expect(repository.written.bytes).toEqual([expected, expected, expected]);
    held = [];
    await memory.flush();
    expect(repository.written.bytes.at(-1)).toEqual([]);
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
