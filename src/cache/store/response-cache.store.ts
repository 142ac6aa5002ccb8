import { Injectable, Logger } from '@nestjs/common';
import { type MemoryStore, memoryStore } from 'cache-manager';
import { redisInsStore, type RedisStore } from 'cache-manager-redis-yet';
import { GatewayConfig } from '../../config/gateway-config';
import { RedisConnection } from '../../redis/redis.connection';
import { type CacheEntry, packEntry, unpackEntry } from './cache-entry';
import { modelOfKey } from '../key/cache-key';

const MAX_ENTRIES = 100_000;
/** What an entry takes beside its body and key, as a heap snapshot of 25,000 entries shows. */
const ENTRY_OVERHEAD_BYTES = 1024;
const SWEEP_BATCH = 500;
const PAGE = 100;

/** How many answers a generation of a model holds. */
export interface KeyCount {
  model: string;
  generation: number;
  keys: number;
  /** What answers take in the memory of this process. */
  bytes: number;
}

/** Hears of answers that went from memory for lack of room. */
export type EvictionListener = (key: string, bytes: number) => void;

/**
 * Where answers are kept: in memory, bounded in bytes, and behind it in Redis where there is one. The only file that knows
 * cache-manager. Redis being slow or away makes a hit a miss and nothing worse.
 */
@Injectable()
export class ResponseCacheStore {
  private readonly logger = new Logger(ResponseCacheStore.name);
  private readonly memory: MemoryStore;
  private readonly shared: RedisStore | undefined;
  private readonly evictionListeners: EvictionListener[] = [];

  constructor(
    config: GatewayConfig,
    private readonly redis: RedisConnection,
  ) {
    this.memory = memoryStore({
      max: MAX_ENTRIES,
      maxSize: config.cache.memoryBytes,
      ttl: config.cache.ttlSeconds * 1000,
      sizeCalculation: (value, key) => sizeOf(value as CacheEntry, key),
      dispose: (value: CacheEntry, key, reason) => {
        if (reason === 'evict') for (const tell of this.evictionListeners) tell(key, sizeOf(value, key));
      },
      shouldCloneBeforeSet: false,
      // A timer an entry would cost more than the entry, and one of over 24 days would fire at once.
      ttlAutopurge: false,
    });
    this.shared = redis.client ? redisInsStore(redis.client) : undefined;
  }

  /** Called for each answer that goes from memory because others need its room; not for what ends or is taken out. */
  onEvicted(listener: EvictionListener): void {
    this.evictionListeners.push(listener);
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    const near = await this.memory.get<CacheEntry>(key);
    if (near || !this.shared) return near;
    const { shared } = this;
    const far = await this.redis.run(() => shared.get(key)).catch(() => undefined);
    const entry = unpackEntry(far);
    if (entry) await this.memory.set(key, entry, Math.max(1, entry.createdAt + entry.ttlSeconds * 1000 - Date.now()));
    return entry;
  }

  async set(key: string, entry: CacheEntry): Promise<void> {
    const ttlMs = entry.ttlSeconds * 1000;
    await this.memory.set(key, entry, ttlMs);
    if (!this.shared) return;
    const { shared } = this;
    const { model, generation } = modelOfKey(key);
    await this.redis
      .run((client) =>
        Promise.all([
          shared.set(key, packEntry(entry), ttlMs),
          client.zAdd(indexKey(model, generation), { score: entry.createdAt + ttlMs, value: key }),
          client.zRemRangeByScore(indexKey(model, generation), '-inf', Date.now()),
          client.sAdd(INDEX_OF_INDEXES, indexName(model, generation)),
        ]),
      )
      .catch(() => undefined);
  }

  /**
   * The live answers of each generation, over all replicas where Redis is there; their bytes are those in the memory of this
   * process.
   */
  async count(): Promise<KeyCount[]> {
    const near = this.countMemory();
    const shared = this.shared && (await this.countShared().catch(() => undefined));
    if (!shared) return [...near.values()];
    const counts = new Map([...near].map(([name, count]) => [name, { ...count, keys: 0 }]));
    for (const { model, generation, keys } of shared) {
      const name = indexName(model, generation);
      counts.set(name, { model, generation, keys, bytes: near.get(name)?.bytes ?? 0 });
    }
    return [...counts.values()];
  }

  private countMemory(): Map<string, KeyCount> {
    const counts = new Map<string, KeyCount>();
    for (const [key, { value, start = 0, ttl = Infinity }] of this.memory.dump()) {
      const { model, generation } = modelOfKey(key);
      const name = indexName(model, generation);
      const count = counts.get(name) ?? { model, generation, keys: 0, bytes: 0 };
      if (start + ttl > Date.now()) count.keys += 1;
      count.bytes += sizeOf(value as CacheEntry, key);
      counts.set(name, count);
    }
    return counts;
  }

  /** Takes the answers of a generation that is out of service out of memory and out of Redis. Runs in the background. */
  async sweep(model: string, generation: number): Promise<void> {
    for (const key of await this.memory.keys()) {
      const found = modelOfKey(key);
      if (found.model === model && found.generation <= generation) await this.memory.del(key);
    }
    if (!this.shared) return;
    const index = indexKey(model, generation);
    try {
      for (;;) {
        const keys = await this.redis.run((client) => client.zRange(index, 0, SWEEP_BATCH - 1));
        if (keys.length === 0) break;
        await this.redis.run((client) => Promise.all([client.unlink(keys), client.zRem(index, keys)]));
      }
      await this.redis.run((client) => client.sRem(INDEX_OF_INDEXES, indexName(model, generation)));
    } catch (error) {
      this.logger.debug({ err: error, model, generation }, 'old answers stay in Redis until they expire');
    }
  }

  /** The keys of a generation's answers in memory and in Redis, each once, in pages. Some may have no answer any more. */
  async *keysOf(model: string, generation: number): AsyncGenerator<string[], void, undefined> {
    const near = new Set<string>();
    for (const key of await this.memory.keys()) {
      const found = modelOfKey(key);
      if (found.model === model && found.generation === generation) near.add(key);
    }
    for (const page of pagesOf([...near])) yield page;
    if (!this.shared) return;
    const index = indexKey(model, generation);
    // Read whole before it is worked on: what is taken out meanwhile would move the rest.
    const far: string[] = [];
    for (let cursor = 0; ;) {
      const { cursor: next, members } = await this.redis.run((client) =>
        client.zScan(index, cursor, { COUNT: SWEEP_BATCH }),
      );
      for (const { value, score } of members) if (score > Date.now() && !near.has(value)) far.push(value);
      if (next === 0) break;
      cursor = next;
    }
    for (const page of pagesOf([...new Set(far)])) yield page;
  }

  /** An answer in memory or Redis, without taking it into memory. */
  async peek(key: string): Promise<CacheEntry | undefined> {
    const near = await this.memory.get<CacheEntry>(key);
    if (near || !this.shared) return near;
    const { shared } = this;
    return unpackEntry(await this.redis.run(() => shared.get(key)));
  }

  /** Whether there is an answer in memory or Redis. */
  async has(key: string): Promise<boolean> {
    if (this.memory.size > 0 && (await this.memory.ttl(key)) > 0) return true;
    return this.shared ? (await this.redis.run((client) => client.exists(key))) > 0 : false;
  }

  /** Takes answers out of memory here and out of Redis. */
  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.memory.del(key);
    if (!this.shared) return;
    await this.redis.run((client) =>
      Promise.all(
        keys.flatMap((key) => {
          const { model, generation } = modelOfKey(key);
          return [client.unlink(key), client.zRem(indexKey(model, generation), key)];
        }),
      ),
    );
  }

  private async countShared(): Promise<Omit<KeyCount, 'bytes'>[]> {
    const names = await this.redis.run((client) => client.sMembers(INDEX_OF_INDEXES));
    return Promise.all(
      names.map(async (name) => {
        const { model, generation } = parseIndexName(name);
        const keys = await this.redis.run((client) => client.zCount(indexKey(model, generation), Date.now(), '+inf'));
        return { model, generation, keys };
      }),
    );
  }
}

function sizeOf(entry: CacheEntry, key: string): number {
  return entry.body.length + key.length * 2 + ENTRY_OVERHEAD_BYTES;
}

function* pagesOf(keys: readonly string[]): Generator<string[], void, undefined> {
  for (let from = 0; from < keys.length; from += PAGE) yield keys.slice(from, from + PAGE);
}

const INDEX_OF_INDEXES = 'ai_cache_index';

function indexName(model: string, generation: number): string {
  return `${generation}:${model}`;
}

function parseIndexName(name: string): { model: string; generation: number } {
  const colon = name.indexOf(':');
  return { generation: Number(name.slice(0, colon)), model: name.slice(colon + 1) };
}

function indexKey(model: string, generation: number): string {
  return `${INDEX_OF_INDEXES}:${indexName(model, generation)}`;
}
