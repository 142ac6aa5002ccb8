import { Injectable, Logger } from '@nestjs/common';
import { type MemoryStore, memoryStore } from 'cache-manager';
import { redisClusterInsStore, redisInsStore, type RedisStore } from 'cache-manager-redis-yet';
import { commandOptions, type RedisClientType, type RedisClusterType } from 'redis';
import { GatewayConfig } from '../../config/gateway-config';
import { type RedisClient, RedisConnection } from '../../redis/redis.connection';
import { modelOfKey } from '../key/cache-key';
import { readFrame, writeFrame } from './answer-frame';
import { AnswerIndexStore, type KeyCount, nameOf } from './answer-index.store';
import { type CacheEntry, MAX_BODY_BYTES, ownBytes } from './cache-entry';

/**
 * What an entry takes beside its body, key and tags. Measured with 100,000 entries on Node 20 and 24: 800 bytes of heap for the
 * entry's objects and its place in the LRU list, and 140 bytes of RSS for malloc's headers and for pages that are not full.
 */
const ENTRY_OVERHEAD_BYTES = 1024;
const PAGE = 100;
const AS_BYTES = commandOptions({ returnBuffers: true });

/** Hears of an answer that had to leave memory for lack of room, with the bytes of its body. */
export type EvictionListener = (key: string, bytes: number) => void;

/**
 * Where answers are kept: in memory, bounded in bytes, and behind it in Redis where there is one. The only file that knows
 * cache-manager. Redis being slow, full or away makes a hit a miss and nothing worse.
 */
@Injectable()
export class ResponseCacheStore {
  private readonly logger = new Logger(ResponseCacheStore.name);
  private readonly memory: MemoryStore;
  private readonly memoryBytes: number;
  /** The bytes of each answer in memory, which cache-manager does not tell. */
  private readonly nearBytes = new Map<string, number>();
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
      // Never reached: the bytes alone decide.
      max: Math.max(1, Math.floor(this.memoryBytes / ENTRY_OVERHEAD_BYTES)),
      maxSize: this.memoryBytes,
      ttl: config.cache.ttlSeconds * 1000,
      sizeCalculation: (value, key) => sizeOf(key, value as CacheEntry),
      dispose: (value, key, reason) => this.onGone(String(key), value as CacheEntry, reason === 'evict'),
      shouldCloneBeforeSet: false,
      // A timer an entry would cost more than the entry, and one of over 24 days would fire at once.
      ttlAutopurge: false,
    });
  }

  /** Registers who hears of answers that memory had no room for; not of those that expired, were replaced or taken out. */
  onEvicted(listener: EvictionListener): void {
    this.evictionListeners.push(listener);
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    const near = await this.memory.get<CacheEntry>(key);
    if (near) return near;
    if (!this.redis.isReady) return undefined;
    const entry = await this.readShared(key).catch(() => undefined);
    if (entry) await this.keepNear(key, entry, Math.max(1, entry.createdAt + entry.ttlSeconds * 1000 - Date.now()));
    return entry;
  }

  /**
   * Stores an answer. One of over 10 MB is not stored, one that is larger than all of memory in Redis alone.
   *
   * @param shared false keeps it in the memory of this process
   */
  async set(key: string, entry: CacheEntry, { shared = true }: { shared?: boolean } = {}): Promise<void> {
    if (entry.body.length > MAX_BODY_BYTES) return;
    const ttlMs = Math.ceil(entry.ttlSeconds * 1000);
    await this.keepNear(key, entry, ttlMs);
    if (!shared || !this.redis.isReady) return;
    const frame = await writeFrame(key, entry);
    await Promise.all([
      this.redis.write((client) => this.sharedOver(client).client.set(key, frame, { PX: ttlMs })),
      this.index.add(key, entry.createdAt + ttlMs, frame.length),
    ]).catch(() => undefined);
  }

  /** The live answers of each generation, over all replicas where Redis is there. */
  async count(): Promise<KeyCount[]> {
    const shared = this.redis.isReady ? await this.index.count().catch(() => undefined) : undefined;
    return shared ?? this.countNear();
  }

  /** The live answers of each generation in the memory of this process. */
  async countNear(): Promise<KeyCount[]> {
    const counts = new Map<string, KeyCount>();
    for (const key of await this.memory.keys()) {
      if (!(await this.isNear(key))) continue;
      const { model, generation } = modelOfKey(key);
      const name = nameOf(model, generation);
      const count = counts.get(name) ?? { model, generation, keys: 0, bytes: 0 };
      counts.set(name, count);
      count.keys += 1;
      count.bytes += this.nearBytes.get(key) ?? 0;
    }
    return [...counts.values()];
  }

  /** Takes the answers of a generation that is out of service out of memory and out of Redis. Runs in the background. */
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
    yield* pagesOf([...near]);
    if (!this.redis.isConfigured) return;
    // Read whole before it is worked on: what is taken out meanwhile would move the rest.
    const far = await this.index.liveKeys(model, generation);
    yield* pagesOf([...far].filter((key) => !near.has(key)));
  }

  /** An answer in memory or Redis, without taking it into memory. @throws RedisAwayError */
  async peek(key: string): Promise<CacheEntry | undefined> {
    const near = await this.memory.get<CacheEntry>(key);
    if (near) return near;
    return this.redis.isConfigured ? this.readShared(key) : undefined;
  }

  /** Whether there is an answer in memory or Redis. @throws RedisAwayError */
  async has(key: string): Promise<boolean> {
    if (await this.isNear(key)) return true;
    if (!this.redis.isConfigured) return false;
    return (await this.redis.run((client) => this.sharedOver(client).ttl(key))) > 0;
  }

  /** Takes answers out of memory here and out of Redis. @throws RedisAwayError */
  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.memory.del(key);
    if (this.redis.isConfigured) await this.removeShared(keys);
  }

  private async isNear(key: string): Promise<boolean> {
    return this.memory.size > 0 && (await this.memory.ttl(key)) > 0;
  }

  private async keepNear(key: string, entry: CacheEntry, ttlMs: number): Promise<void> {
    if (sizeOf(key, entry) > this.memoryBytes) return this.memory.del(key);
    const kept = this.memory.set(key, { ...entry, body: ownBytes(entry.body) }, ttlMs);
    // Before anything else can push it out.
    this.nearBytes.set(key, entry.body.length);
    await kept;
  }

  private onGone(key: string, entry: CacheEntry, forRoom: boolean): void {
    this.nearBytes.delete(key);
    if (!forRoom || entry.createdAt + entry.ttlSeconds * 1000 <= Date.now()) return;
    for (const listener of this.evictionListeners) listener(key, entry.body.length);
  }

  private async readShared(key: string): Promise<CacheEntry | undefined> {
    const frame = await this.redis.run((client) => this.sharedOver(client).client.get(AS_BYTES, key));
    return frame === null ? undefined : readFrame(key, frame);
  }

  /** Each key for itself: in a cluster they lie on different nodes. */
  private async removeShared(keys: readonly string[]): Promise<void> {
    await this.redis.run((client) => Promise.all(keys.map((key) => this.sharedOver(client).client.unlink(key))));
    await this.index.forget(keys);
  }

  /** cache-manager's store over the client that is connected now; a lost connection is followed by a new client. */
  private sharedOver(client: RedisClient): RedisStore | RedisStore<RedisClusterType> {
    if (this.shared?.client !== client)
      this.shared = this.redis.isCluster
        ? redisClusterInsStore(client as RedisClusterType, { rootNodes: [] })
        : redisInsStore(client as RedisClientType);
    return this.shared;
  }
}

function sizeOf(key: string, { body, tags }: CacheEntry): number {
  return body.length + key.length * 2 + tags.reduce((sum, tag) => sum + tag.length * 2, 0) + ENTRY_OVERHEAD_BYTES;
}

function* pagesOf(keys: readonly string[]): Generator<string[], void, undefined> {
  for (let from = 0; from < keys.length; from += PAGE) yield keys.slice(from, from + PAGE);
}
