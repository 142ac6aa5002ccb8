import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayConfig } from '../../src/config/gateway-config';
import { MemoryThrottlerStore } from '../../src/limits/memory-throttler.store';
import { RedisThrottlerStore } from '../../src/limits/redis-throttler.store';
import { RedisConnection } from '../../src/redis/redis.connection';

/** Long, so that Redis does not count as unavailable on a machine that is busy with other tests. */
const REDIS_TIMEOUT_MS = 1_000;
const redisUrl = process.env.TEST_REDIS_URL;
const describeWithRedis = redisUrl ? describe : describe.skip;

describeWithRedis('rate limits over all replicas, in Redis (needs TEST_REDIS_URL)', () => {
  const connections: RedisConnection[] = [];

  /** A replica with separate memory, so that only Redis can make it refuse. */
  const replica = async (url = redisUrl) => {
    const redis = RedisConnection.open({ redisUrl: url, redisTimeoutMs: REDIS_TIMEOUT_MS } as GatewayConfig);
    connections.push(redis);
    if (url === redisUrl) while (!redis.isReady) await sleep(10);
    return { redis, store: new RedisThrottlerStore(redis, new MemoryThrottlerStore()) };
  };

  afterAll(() => Promise.all(connections.map((redis) => redis.onApplicationShutdown())));

  it('admit the limit once, however many replicas get calls at once', async () => {
    const stores = [(await replica()).store, (await replica()).store];
    const key = randomUUID();
    const calls = Array.from({ length: 40 }, (_, call) => stores[call % 2]?.increment(key, 60_000, 10));
    const records = await Promise.all(calls);
    expect(records.filter((record) => record?.isBlocked === false)).toHaveLength(10);
    const refused = records.filter((record) => record?.isBlocked);
    for (const record of refused) {
      expect(record?.totalHits).toBe(10);
      expect(record?.timeToBlockExpire).toBeGreaterThan(55);
      expect(record?.timeToBlockExpire).toBeLessThanOrEqual(60);
    }
  });

  it('count as limits in memory do', async () => {
    const { store } = await replica();
    const memory = new MemoryThrottlerStore();
    const key = randomUUID();
    for (let call = 0; call < 4; call += 1) {
      const [ours, theirs] = [await store.increment(key, 60_000, 3), await memory.increment(key, 60_000, 3)];
      expect([ours.totalHits, ours.isBlocked]).toEqual([theirs.totalHits, theirs.isBlocked]);
      expect(Math.abs(ours.timeToExpire - theirs.timeToExpire)).toBeLessThan(10);
      expect(Math.abs(ours.timeToBlockExpire - theirs.timeToBlockExpire)).toBeLessThan(10);
    }
  });

  it('admit the next call at the announced time, and store only the calls of the last minute', async () => {
    const { redis, store } = await replica();
    const key = randomUUID();
    const redisKey = `thriftgate:rpm:${key}`;
    await store.increment(key, 60_000, 1);
    const ttlMs = await redis.run((client) => client.pTTL(redisKey));
    expect(ttlMs).toBeGreaterThan(59_000);
    expect(ttlMs).toBeLessThanOrEqual(60_000);
    expect((await store.increment(key, 60_000, 1)).isBlocked).toBe(true);

    // The window a minute after two runs of calls: the older one has expired, the newer one expires in half a second.
    await redis.run((client) =>
      client.eval(
        `local t = redis.call('TIME')
         local now = t[1] * 1000 + math.floor(t[2] / 1000)
         redis.call('SET', KEYS[1], cmsgpack.pack({{now - 62000, now - 61000, 5}, {now - 60000, now - 59500, 2}}))`,
        { keys: [redisKey] },
      ),
    );
    const refused = await store.increment(key, 60_000, 2);
    expect(refused).toMatchObject({ isBlocked: true, totalHits: 2 });
    expect(refused.timeToBlockExpire).toBeLessThanOrEqual(0.5);
    await sleep(refused.timeToBlockExpire * 1000 + 5);
    expect(await store.increment(key, 60_000, 2)).toMatchObject({ isBlocked: false, totalHits: 1 });
  });

  it('A19: count calls for one more minute, and no longer, where the clock of Redis was set back', async () => {
    const { redis, store } = await replica();
    const key = randomUUID();
    await redis.run((client) =>
      client.eval(
        `local t = redis.call('TIME')
         local ahead = t[1] * 1000 + 86400000
         redis.call('SET', KEYS[1], cmsgpack.pack({{ahead, ahead, 1}, {ahead + 2000, ahead + 2500, 1}}))`,
        { keys: [`thriftgate:rpm:${key}`] },
      ),
    );
    expect(await store.usageOf(key)).toEqual({ used: 2, resetMs: 60_000 });
    expect(await store.increment(key, 60_000, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 60 });
    expect(await store.increment(key, 60_000, 3)).toMatchObject({ isBlocked: false, totalHits: 3, timeToExpire: 60 });
  });

  it('use Redis also while the process is busy', async () => {
    const [busy, quiet] = [(await replica()).store, (await replica()).store];
    const key = randomUUID();
    await quiet.increment(key, 60_000, 1);
    const record = busy.increment(key, 60_000, 1);
    const busyUntilMs = Date.now() + REDIS_TIMEOUT_MS + 100;
    while (Date.now() < busyUntilMs);
    expect((await record).isBlocked).toBe(true);
  });

  it('are counted in memory without Redis', async () => {
    const { store } = await replica('redis://127.0.0.1:1');
    expect((await store.increment('key_1', 60_000, 1)).isBlocked).toBe(false);
    expect((await store.increment('key_1', 60_000, 1)).isBlocked).toBe(true);
  });
});
