import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { modelOfKey } from '../../src/cache/key/cache-key';
import { type CacheEntry, MAX_BODY_BYTES } from '../../src/cache/store/cache-entry';
import { ResponseCacheStore } from '../../src/cache/store/response-cache.store';
import type { GatewayConfig } from '../../src/config/gateway-config';
import { RedisConnection } from '../../src/redis/redis.connection';
import { eventually } from '../support/eventually';
import { OwnRedis } from '../support/own-redis';
import { OwnRedisCluster } from '../support/own-redis-cluster';

const { TEST_REDIS_URL } = process.env;
const describeWithRedis = TEST_REDIS_URL ? describe : describe.skip;
const entry = (members: Partial<CacheEntry> = {}): CacheEntry => ({
  body: Buffer.from('{"text":"한국어","cached":true}'),
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 },
  listCostPusd: 12_345_678_901_234_567_890n,
  provider: 'openai',
  upstreamModel: 'gpt-4.1-2025-04-14',
  systemFingerprint: undefined,
  createdAt: Date.now(),
  ttlSeconds: 600,
  teamId: 'team_1',
  tags: ['a'],
  askedAt: Date.now(),
  rulesSeen: 0,
  ...members,
});
const prose = (bytes: number) =>
  Buffer.from('{"text":"the same again"}'.repeat(Math.ceil(bytes / 25))).subarray(0, bytes);

/** On one server, and on a cluster of three. */
describeWithRedis.each(['one server', 'a cluster'])('responses in Redis, on %s (needs TEST_REDIS_URL)', (kind) => {
  let redis: OwnRedis | OwnRedisCluster;
  const connections: RedisConnection[] = [];
  /** Each test uses another model. */
  let model: string;
  const keyOf = (name: string | number, generation = 1, of = model) => `ai_cache:team_1:${of}:${generation}:${name}`;
  const replica = async (memoryBytes = 1024 * 1024) => {
    const connection = RedisConnection.open({ redisUrl: redis.url, redisTimeoutMs: 2_000 });
    connections.push(connection);
    await eventually(() => connection.isReady);
    return new ResponseCacheStore({ cache: { memoryBytes, ttlSeconds: 600 } } as GatewayConfig, connection);
  };
  const command = async (...args: string[]) => {
    const nodes = redis instanceof OwnRedisCluster ? redis.nodes : [redis];
    for (const node of nodes) {
      const answer = await node.command(...args).catch((error: Error) => error);
      if (!(answer instanceof Error)) return answer;
    }
    throw new Error('no node took the command');
  };
  const count = async (store: ResponseCacheStore) =>
    (await store.count())
      .filter((each) => each.model.startsWith(model))
      .toSorted((a, b) => a.generation - b.generation);

  beforeAll(async () => void (redis = await (kind === 'a cluster' ? OwnRedisCluster.start() : OwnRedis.start())));
  beforeEach(() => void (model = `ft:gpt-4.1:${randomUUID()}`));
  afterAll(async () => {
    for (const connection of connections) connection.onApplicationShutdown();
    await redis?.stop();
  });

  it.each([40, 1_000, 100_000, 1_000_000, MAX_BODY_BYTES])('are read by another replica: %i bytes', async (bytes) => {
    const [one, two] = [await replica(), await replica()];
    const stored = entry({ body: prose(bytes) });
    // A node of a new cluster may not know the others yet; then nothing is stored and nothing found.
    const found = await eventually(async () => {
      await one.set(keyOf('a'), stored);
      return two.get(keyOf('a'));
    });
    expect({ ...found, body: found?.body.equals(stored.body) }).toEqual({ ...stored, body: true });
    const ttl = Number(await command('PTTL', keyOf('a')));
    expect(ttl).toBeGreaterThan(500_000);
    expect(ttl).toBeLessThanOrEqual(600_000);
  });

  it('are read many at once, in the order of their keys, some from memory', async () => {
    const [one, two] = [await replica(8 * 1024 * 1024), await replica(8 * 1024 * 1024)];
    const keys = Array.from({ length: 600 }, (_, at) => keyOf(at));
    const isStored = (at: number) => at % 3 !== 0;
    await eventually(async () => {
      for (const [at, key] of keys.entries()) if (isStored(at)) await one.set(key, entry({ body: Buffer.from(key) }));
      return (await two.getAll(keys)).filter((each) => each !== undefined).length === 400;
    });
    const three = await replica(8 * 1024 * 1024);
    await three.get(keyOf(1));
    const before = String(await command('INFO', 'commandstats'));
    const found = await three.getAll(keys);
    expect(found.map((each) => each?.body.toString())).toEqual(keys.map((key, at) => (isStored(at) ? key : undefined)));
    if (kind === 'one server') {
      const counted = (info: string) => Number(/cmdstat_mget:calls=(\d+)/.exec(info)?.[1] ?? 0);
      expect(counted(String(await command('INFO', 'commandstats'))) - counted(before)).toBe(3);
    }
    expect(await three.getAll([])).toEqual([]);
  });

  it('are only in Redis if they exceed memory, and are not stored above 10 MB', async () => {
    const store = await replica(50_000);
    await store.set(keyOf('large'), entry({ body: prose(100_000) }));
    expect((await store.get(keyOf('large')))?.body).toHaveLength(100_000);
    await store.set(keyOf('huge'), entry({ body: prose(MAX_BODY_BYTES + 1) }));
    expect(await store.has(keyOf('huge'))).toBe(false);
  });

  it('are read from Redis once, and stay in memory no longer than their TTL', async () => {
    const [one, two] = [await replica(), await replica()];
    await one.set(keyOf('a'), entry({ createdAt: Date.now() - 598_500 }));
    expect(await two.get(keyOf('a'))).toBeDefined();
    await command('DEL', keyOf('a'));
    expect(await two.get(keyOf('a'))).toBeDefined();
    await delay(1_600);
    expect(await two.get(keyOf('a'))).toBeUndefined();
  });

  it.each([
    ['a text', ['SET', 'not an answer']],
    ['JSON of an older version', ['SET', '{"body":"{}","provider":"openai"}']],
    ['a value of another type', ['LPUSH', 'x']],
    ['a response with a damaged start', ['SETRANGE', '3', '']],
    ['a response with a changed byte', ['SETRANGE', '60', '!']],
    ['a response with an additional byte', ['APPEND', 'x']],
  ])('are replaced after a miss: %s', async (_, [name = '', ...args]) => {
    const store = await replica();
    if (['SETRANGE', 'APPEND'].includes(name)) await (await replica()).set(keyOf('a'), entry());
    if (args[1] === '') await command('SET', keyOf('a'), 'TG\x01');
    else await command(name, keyOf('a'), ...args);
    expect(await store.get(keyOf('a'))).toBeUndefined();
    await store.set(keyOf('a'), entry());
    expect(await (await replica()).get(keyOf('a'))).toBeDefined();
  });

  it('are a miss under another cache key', async () => {
    const store = await replica();
    await store.set(keyOf('{same}a'), entry());
    await command('COPY', keyOf('{same}a'), keyOf('{same}b'));
    expect(await (await replica()).get(keyOf('{same}b'))).toBeUndefined();
    expect(await (await replica()).get(keyOf('{same}a'))).toBeDefined();
  });

  it('are counted with their bytes over all replicas, without expired ones', async () => {
    const [one, two] = [await replica(), await replica()];
    await one.set(keyOf('a'), entry({ body: prose(1_000) }));
    await two.set(keyOf('b'), entry({ body: prose(2_000) }));
    await two.set(keyOf('c', 2, `${model}:b`), entry());
    const first = await count(one);
    expect(first).toMatchObject([
      { keys: 2, generation: 1 },
      { keys: 1, generation: 2, model: `${model}:b` },
    ]);
    const bytes = first.find(({ generation }) => generation === 1)?.bytes ?? 0;
    expect(bytes).toBeGreaterThan(3_000);
    expect(bytes).toBeLessThan(4_200);
    await one.set(keyOf('a'), entry({ body: prose(1_000) }));
    expect((await count(two)).find(({ generation }) => generation === 1)).toMatchObject({ keys: 2, bytes });
    await two.set(keyOf('b'), entry({ body: prose(2_000), createdAt: Date.now() - 598_900 }));
    await delay(2_200);
    const [left] = (await count(one)).filter(({ generation }) => generation === 1);
    expect(left?.keys).toBe(1);
    expect(left?.bytes).toBeLessThan(bytes / 2);
    await one.remove([keyOf('a')]);
    expect(await count(one)).toEqual([
      { model, generation: 1, keys: 0, bytes: 0 },
      { model: `${model}:b`, generation: 2, keys: 1, bytes: expect.any(Number) },
    ]);
  });

  it('of one generation are deleted from Redis, however many there are, and no others', async () => {
    const store = await replica();
    await Promise.all(Array.from({ length: 1_201 }, (_, index) => store.set(keyOf(index), entry())));
    await store.set(keyOf('new', 2), entry());
    await store.sweep(model, 1);
    const other = await replica();
    for (const name of [0, 500, 1_200]) expect(await other.has(keyOf(name))).toBe(false);
    expect(await other.has(keyOf('new', 2))).toBe(true);
    expect(await count(other)).toMatchObject([{ generation: 2, keys: 1 }]);
  });

  it('of one generation are listed once each, from memory and Redis, and deleted by name', async () => {
    const [one, two] = [await replica(), await replica()];
    for (let index = 0; index < 250; index += 1) await (index % 2 ? one : two).set(keyOf(index), entry());
    await two.set(keyOf('other', 2), entry());
    const listed: string[] = [];
    for await (const page of one.keysOf(model, 1)) listed.push(...page);
    expect(listed.toSorted()).toEqual(Array.from({ length: 250 }, (_, index) => keyOf(index)).toSorted());
    expect(listed.every((key) => modelOfKey(key).model === model)).toBe(true);
    expect((await one.peek(keyOf(2)))?.tags).toEqual(['a']);
    await one.remove([keyOf(1), keyOf(2)]);
    expect(await Promise.all([1, 2, 3].map(async (name) => one.has(keyOf(name))))).toEqual([false, false, true]);
    expect(await count(one)).toContainEqual({ model, generation: 1, keys: 248, bytes: expect.any(Number) });
  });
});
