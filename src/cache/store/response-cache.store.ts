import { Injectable, Logger } from '@nestjs/common';
import { type MemoryStore, memoryStore } from 'cache-manager';
import { redisClusterInsStore, redisInsStore, type RedisStore } from 'cache-manager-redis-yet';
import type { RedisClientType, RedisClusterType } from 'redis';
import { pagesOf } from '../../common/pages';
import { GatewayConfig } from '../../config/gateway-config';
import { type RedisClient, RedisConnection } from '../../redis/redis.connection';
import { modelOfKey } from '../key/cache-key';
import { writeFrame } from './answer-frame';
import { AnswerIndexStore, type GenerationBytes, type KeyCount, nameOf } from './answer-index.store';
import { type CacheEntry, ENTRY_OVERHEAD_BYTES, MAX_BODY_BYTES, ownBytes, sizeOf } from './cache-entry';
import { GenerationSizes } from './generation-sizes';
import { readFrames } from './read-frames.store';
import { ScopeSizes } from './scope-sizes';

const PAGE = 100;
/** How many entries each new one looks at where memory is full, to remove those that have expired. */
const LOOKED_AT = 2;
/** How many responses one command reads from Redis: each has a few kilobytes, and all must come within its time-out. */
const READ_AT_ONCE = 256;

/** Called with the key of a response that memory has evicted for lack of room, and the bytes of its body. */
export type EvictionListener = (key: string, bytes: number) => void;

/**
 * Stores responses in memory, limited in bytes, and behind it in Redis where one is configured. Besides the
 * turns of vendors the only user of cache-manager. Where Redis is slow, full or away, a hit becomes a miss; there is no other effect.
 */
@Injectable()
export class ResponseCacheStore {
  private readonly logger = new Logger(ResponseCacheStore.name);
  private readonly memory: MemoryStore;
  private readonly memoryBytes: number;
  private readonly generations = new GenerationSizes();
  private readonly scopes = new ScopeSizes();
  /** The key that is being evicted. */
  private evicting: string | undefined;
  private readonly evictionListeners: EvictionListener[] = [];
  private readonly index: AnswerIndexStore;
  private shared: RedisStore | RedisStore<RedisClusterType> | undefined;

  constructor(
    config: GatewayConfig,
    private readonly redis: RedisConnection,
  ) {
    this.memoryBytes = config.cache.memoryBytes;
    this.index = new AnswerIndexStore(redis);
    this.memory = memoryStore({
      // Never reached: `maxSize` is the only limit.
      max: Math.max(1, Math.floor(this.memoryBytes / ENTRY_OVERHEAD_BYTES)),
      maxSize: this.memoryBytes,
      ttl: config.cache.ttlSeconds * 1000,
      sizeCalculation: (value, key) => sizeOf(key, value as CacheEntry),
      dispose: (value, key) => this.onRemoved(String(key), value as CacheEntry),
      shouldCloneBeforeSet: false,
      // A timer for each entry would cost more than the entry, and a timer of over 24 days fires at once.
      ttlAutopurge: false,
    });
  }

  /** Registers a listener for evicted responses; it is not called for expired, replaced or removed ones. */
  onEvicted(listener: EvictionListener): void {
    this.evictionListeners.push(listener);
  }

  /** False where there is no response for certain. Asks no store, so it costs nothing. */
  mayHave(key: string): boolean {
    return this.scopes.has(key) || this.redis.isReady;
  }

  /** A response from memory, else from Redis, which memory then stores too. An error of Redis is a miss. */
  async get(key: string): Promise<CacheEntry | undefined> {
    const entry = await this.fromMemory(key);
    return entry || !this.redis.isReady ? entry : (await this.fromRedis([key])).get(key);
  }

  /** Several responses as {@link get} has them, each key once, in the order of the keys. */
  async getAll(keys: readonly string[]): Promise<(CacheEntry | undefined)[]> {
    const entries = await Promise.all(keys.map((key) => this.fromMemory(key)));
    const missing = keys.filter((_key, at) => entries[at] === undefined);
    const found = missing.length === 0 ? undefined : await this.fromRedis(missing);
    return found ? keys.map((key, at) => entries[at] ?? found.get(key)) : entries;
  }

  /**
   * Stores a response. One of over 10 MB is not stored; one larger than the memory limit is stored in Redis alone.
   *
   * @param shared false stores it only in the memory of this process
   */
  async set(key: string, entry: CacheEntry, { shared = true }: { shared?: boolean } = {}): Promise<void> {
    if (entry.body.length > MAX_BODY_BYTES) return;
    const ttlMs = Math.ceil(entry.ttlSeconds * 1000);
    await this.storeInMemory(key, entry, ttlMs);
    if (!shared || !this.redis.isReady) return;
    const frame = await writeFrame(key, entry);
    await Promise.all([
      this.redis.write((client) => this.sharedOver(client).client.set(key, frame, { PX: ttlMs })),
      this.index.add(key, entry.createdAt + ttlMs, frame.length),
    ]).catch(() => undefined);
  }

  /** The live responses of each generation: of all replicas where Redis is ready, else of this process. */
  async count(): Promise<KeyCount[]> {
    const shared = this.redis.isReady ? await this.index.count().catch(() => undefined) : undefined;
    return shared ?? this.countInMemory();
  }

  /** The bytes of each generation in the memory of this process; a response that has expired counts until it is removed. */
  bytesInMemory(): GenerationBytes[] {
    return this.generations.all();
  }

  /** Removes the responses up to a generation that has ended from memory and Redis. Runs in the background. */
  async sweep(model: string, generation: number): Promise<void> {
    for (const key of await this.memory.keys()) {
      const found = modelOfKey(key);
      if (found.model === model && found.generation <= generation) await this.memory.del(key);
    }
    if (!this.redis.isConfigured) return;
    try {
      for (;;) {
        const keys = await this.index.firstKeys(model, generation);
        if (keys.length === 0) break;
        await this.removeShared(keys);
      }
      await this.index.drop(model, generation);
    } catch (error) {
      this.logger.debug({ err: error, model, generation }, 'old responses stay in Redis until they expire');
    }
  }

  /** The keys of a generation in memory and in Redis, each once, in pages. Some may have no response any more. */
  async *keysOf(model: string, generation: number): AsyncGenerator<string[], void, undefined> {
    const inMemory = new Set<string>();
    for (const key of await this.memory.keys()) {
      const found = modelOfKey(key);
      if (found.model === model && found.generation === generation) inMemory.add(key);
    }
    yield* pagesOf([...inMemory], PAGE);
    if (!this.redis.isConfigured) return;
    // Read completely first: keys that are removed during the scan would shift the rest.
    const inRedis = await this.index.liveKeys(model, generation);
    yield* pagesOf(
      [...inRedis].filter((key) => !inMemory.has(key)),
      PAGE,
    );
  }

  /** A response from memory or Redis; does not store it in memory. @throws RedisAwayError */
  async peek(key: string): Promise<CacheEntry | undefined> {
    const entryInMemory = await this.memory.get<CacheEntry>(key);
    if (entryInMemory) return entryInMemory;
    return this.redis.isConfigured ? (await this.readShared([key]))[0] : undefined;
  }

  /** Whether memory or Redis has a response. @throws RedisAwayError */
  async has(key: string): Promise<boolean> {
    if (await this.isInMemory(key)) return true;
    if (!this.redis.isConfigured) return false;
    return (await this.redis.run((client) => this.sharedOver(client).ttl(key))) > 0;
  }

  /** Removes responses from memory here and from Redis. @throws RedisAwayError */
  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.memory.del(key);
    if (this.redis.isConfigured) await this.removeShared(keys);
  }

  private async countInMemory(): Promise<KeyCount[]> {
    const counts = new Map(
      this.bytesInMemory().map((held): [string, KeyCount] => [
        nameOf(held.model, held.generation),
        { ...held, keys: 0 },
      ]),
    );
    for (const key of await this.memory.keys()) {
      if (!(await this.isInMemory(key))) continue;
      const { model, generation } = modelOfKey(key);
      const count = counts.get(nameOf(model, generation));
      if (count) count.keys += 1;
    }
    return [...counts.values()].filter(({ keys }) => keys > 0);
  }

  private async isInMemory(key: string): Promise<boolean> {
    return this.memory.size > 0 && (await this.memory.ttl(key)) > 0;
  }

  /** Where memory is full, the scope that takes the most has less of it afterwards: it may be the entry's own. */
  private async storeInMemory(key: string, entry: CacheEntry, ttlMs: number): Promise<void> {
    const bytes = sizeOf(key, entry);
    if (!this.hasRoom(bytes)) this.removeExpired();
    // What is replaced makes room first; the store removes it before its `del` returns.
    void this.memory.del(key);
    if (bytes > this.memoryBytes) return;
    this.scopes.add(key, bytes);
    while (!this.hasRoom(bytes)) {
      const next = this.scopes.next();
      if (next === undefined || next === key) return this.scopes.remove(key, bytes);
      this.evict(next);
    }
    this.generations.add(key, entry.body.length);
    await this.memory.set(key, { ...entry, body: ownBytes(entry.body) }, ttlMs);
  }

  private hasRoom(bytes: number): boolean {
    return this.memory.calculatedSize + bytes <= this.memoryBytes;
  }

  /** Expired entries of scopes that take little would stay. A lookup removes what has expired before it returns. */
  private removeExpired(): void {
    for (let index = 0; index < LOOKED_AT; index += 1) {
      const key = this.scopes.nextInTurn();
      if (key !== undefined) void this.memory.get(key);
    }
  }

  private evict(key: string): void {
    this.evicting = key;
    void this.memory.del(key);
    this.evicting = undefined;
  }

  private onRemoved(key: string, entry: CacheEntry): void {
    this.generations.add(key, -entry.body.length);
    this.scopes.remove(key, sizeOf(key, entry));
    if (key !== this.evicting || entry.createdAt + entry.ttlSeconds * 1000 <= Date.now()) return;
    for (const listener of this.evictionListeners) listener(key, entry.body.length);
  }

  private async fromMemory(key: string): Promise<CacheEntry | undefined> {
    const entry = await this.memory.get<CacheEntry>(key);
    if (entry) this.scopes.use(key);
    return entry;
  }

  /** What Redis has, which memory then stores. Where Redis fails, the rest are misses. */
  private async fromRedis(keys: readonly string[]): Promise<Map<string, CacheEntry>> {
    const found = new Map<string, CacheEntry>();
    for (const page of pagesOf(keys, READ_AT_ONCE)) {
      if (!this.redis.isReady) return found;
      const entries = await this.readShared(page).catch(() => undefined);
      if (!entries) return found;
      for (const [at, key] of page.entries()) {
        const entry = entries[at];
        if (!entry) continue;
        found.set(key, entry);
        await this.storeInMemory(key, entry, Math.max(1, entry.createdAt + entry.ttlSeconds * 1000 - Date.now()));
      }
    }
    return found;
  }

  private readShared(keys: readonly string[]): Promise<(CacheEntry | undefined)[]> {
    return this.redis.run((client) => readFrames(this.sharedOver(client).client, this.redis.isCluster, keys));
  }

  /** One command for each key: in a cluster they are on different nodes. */
  private async removeShared(keys: readonly string[]): Promise<void> {
    await this.redis.run((client) => Promise.all(keys.map((key) => this.sharedOver(client).client.unlink(key))));
    await this.index.forget(keys);
  }

  /** cache-manager's store on the current client; each connection has a new client. */
  private sharedOver(client: RedisClient): RedisStore | RedisStore<RedisClusterType> {
    if (this.shared?.client !== client)
      this.shared = this.redis.isCluster
        ? redisClusterInsStore(client as RedisClusterType, { rootNodes: [] })
        : redisInsStore(client as RedisClientType);
    return this.shared;
  }
}
