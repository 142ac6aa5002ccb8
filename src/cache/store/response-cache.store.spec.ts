import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { GatewayConfig } from '../../config/gateway-config';
import type { RedisConnection } from '../../redis/redis.connection';
import { type CacheEntry, packEntry } from './cache-entry';
import { ResponseCacheStore } from './response-cache.store';
import { FakeRedis } from './testing/fake-redis';

const DAY_SECONDS = 24 * 3600;
const NO_REDIS = { client: undefined } as RedisConnection;
const storeOver = (redis = NO_REDIS, memoryBytes = 1024 * 1024) =>
  new ResponseCacheStore({ cache: { memoryBytes, ttlSeconds: 7 * DAY_SECONDS } } as GatewayConfig, redis);
const keyOf = (name: string, model = 'gpt-4.1', generation = 1) => `ai_cache:team_1:${model}:${generation}:${name}`;
const entry = (members: Partial<CacheEntry> = {}): CacheEntry => ({
  body: Buffer.from('{"text":"한국어","cached":true}'),
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 },
  listCostPusd: 12_345_678_901_234_567_890n,
  provider: 'openai',
  upstreamModel: 'gpt-4.1-2025-04-14',
  systemFingerprint: undefined,
  createdAt: Date.now(),
  ttlSeconds: 60,
  teamId: 'team_1',
  tags: ['a'],
  askedAt: Date.now(),
  rulesSeen: 0,
  ...members,
});

describe('the store of answers in memory', () => {
  it('stays within its bytes, and lets the least recently used go', async () => {
    const store = storeOver(NO_REDIS, 300_000);
    for (let index = 0; index < 100; index += 1) {
      await store.set(keyOf(`${index}`), entry({ body: Buffer.alloc(10_000) }));
      await store.get(keyOf('0'));
    }
    const kept = [];
    for (let index = 0; index < 100; index += 1) if (await store.get(keyOf(`${index}`))) kept.push(index);
    expect(kept.length * 10_000).toBeLessThan(300_000);
    expect(kept.length).toBeGreaterThan(20);
    expect([kept[0], kept.at(-1)]).toEqual([0, 99]);
  });

  it('counts what an entry takes beside its body', async () => {
    const store = storeOver(NO_REDIS, 300_000);
    for (let index = 0; index < 3_000; index += 1) await store.set(keyOf(`${index}`), entry());
    const [{ keys = 0 } = {}] = await store.count();
    expect(keys).toBeLessThan(300);
  });

  it('tells of answers that go for lack of room, and not of others', async () => {
    const store = storeOver(NO_REDIS, 100_000);
    const evicted = new Map<string, number>();
    store.onEvicted((key, bytes) => evicted.set(key, bytes));
    const body = Buffer.alloc(10_000);
    for (const name of ['replaced', 'replaced', 'removed']) await store.set(keyOf(name), entry({ body }));
    await store.remove([keyOf('removed')]);
    await store.set(keyOf('short'), entry({ body, ttlSeconds: 0.01 }));
    await delay(20);
    expect(await store.get(keyOf('short'))).toBeUndefined();
    expect(evicted.size).toBe(0);
    for (let index = 10; index < 30; index += 1) await store.set(keyOf(`${index}`), entry({ body }));
    const [{ keys = 0, bytes = 0 } = {}] = await store.count();
    expect(evicted.size).toBe(21 - keys);
    expect(evicted.get(keyOf('10'))).toBe(bytes / keys);
    expect(bytes).toBeLessThanOrEqual(100_000);
  });

  it('passes over an answer that is larger than all of it', async () => {
    const store = storeOver(NO_REDIS, 10_000);
    await store.set(keyOf('small'), entry());
    await store.set(keyOf('huge'), entry({ body: Buffer.alloc(20_000) }));
    expect(await store.get(keyOf('huge'))).toBeUndefined();
    expect(await store.get(keyOf('small'))).toBeDefined();
  });

  it.each([25, 365])('keeps an answer for %i days, longer than a timer of Node can run', async (days) => {
    const store = storeOver();
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await store.set(keyOf('long'), entry({ ttlSeconds: days * DAY_SECONDS }));
    expect(timers.mock.calls.filter(([, ms = 0]) => ms > 1_000)).toEqual([]);
    timers.mockRestore();
    await delay(30);
    expect(await store.get(keyOf('long'))).toBeDefined();
    expect(await store.count()).toEqual([{ model: 'gpt-4.1', generation: 1, keys: 1, bytes: expect.any(Number) }]);
  });

  it('neither gives nor counts an answer whose time is over', async () => {
    const store = storeOver();
    await store.set(keyOf('short'), entry({ ttlSeconds: 0.02 }));
    await store.set(keyOf('long'), entry());
    await delay(40);
    expect(await store.count()).toEqual([{ model: 'gpt-4.1', generation: 1, keys: 1, bytes: expect.any(Number) }]);
    expect(await store.get(keyOf('short'))).toBeUndefined();
  });

  it('sweeps what a model has up to a generation, and nothing of others', async () => {
    const store = storeOver();
    const keys = [keyOf('a'), keyOf('b', 'gpt-4.1', 2), keyOf('c', 'gpt-4.1', 3), keyOf('d', 'ft:gpt-4.1:org:1', 1)];
    for (const key of keys) await store.set(key, entry());
    await store.sweep('gpt-4.1', 2);
    expect(await Promise.all(keys.map(async (key) => (await store.get(key)) !== undefined))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect((await store.count()).toSorted((a, b) => a.generation - b.generation)).toEqual([
      { model: 'ft:gpt-4.1:org:1', generation: 1, keys: 1, bytes: expect.any(Number) },
      { model: 'gpt-4.1', generation: 3, keys: 1, bytes: expect.any(Number) },
    ]);
  });
});

describe('the store of answers with Redis behind it', () => {
  let redis: FakeRedis;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => void (redis = new FakeRedis()));

  it('gives another replica the same answer, and asks Redis once for it', async () => {
    const stored = entry();
    await storeOver(redis.connection()).set(keyOf('a'), stored);
    expect(redis.values.get(keyOf('a'))?.ttlMs).toBe(60_000);
    const other = storeOver(redis.connection());
    expect(await other.get(keyOf('a'))).toEqual(stored);
    redis.values.clear();
    expect(await other.get(keyOf('a'))).toEqual(stored);
  });

  it('keeps an answer of Redis in memory no longer than it may live, in memory of its own', async () => {
    const left = entry({ createdAt: Date.now() - 59_970, ttlSeconds: 60 });
    await storeOver(redis.connection()).set(keyOf('a'), left);
    const other = storeOver(redis.connection());
    const { body } = (await other.get(keyOf('a'))) ?? { body: Buffer.alloc(0) };
    expect(body.buffer.byteLength).toBe(body.length);
    redis.values.clear();
    await delay(60);
    expect(await other.get(keyOf('a'))).toBeUndefined();
  });

  it.each([
    'not json',
    'null',
    '42',
    '"text"',
    '[]',
    '{}',
    ...[
      { body: 1 },
      { body: '' },
      { listCostPusd: 'free' },
      { listCostPusd: 5 },
      { listCostPusd: '-5' },
      { createdAt: 'now' },
      { createdAt: null },
      { ttlSeconds: '60' },
      { usage: null },
      { usage: {} },
      { usage: { inputTokens: '1', cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 } },
      { provider: undefined },
      { tags: 'a' },
      { rulesSeen: undefined },
    ].map((damage) => JSON.stringify({ ...packEntry(entry()), ...damage })),
    JSON.stringify(packEntry(entry())).slice(0, -20),
    JSON.stringify(packEntry(entry())).replace('"ttlSeconds":60', '"ttlSeconds":1e999'),
  ])('takes a damaged value for a miss, as in case %#', async (text) => {
    redis.values.set(keyOf('a'), { text, ttlMs: 60_000 });
    expect(await storeOver(redis.connection()).get(keyOf('a'))).toBeUndefined();
  });

  it('goes on in memory while Redis is away', async () => {
    const store = storeOver(redis.connection());
    redis.away = true;
    await store.set(keyOf('a'), entry());
    expect(await store.get(keyOf('a'))).toBeDefined();
    expect(await store.get(keyOf('b'))).toBeUndefined();
    expect(await store.count()).toEqual([{ model: 'gpt-4.1', generation: 1, keys: 1, bytes: expect.any(Number) }]);
    await store.sweep('gpt-4.1', 1);
    expect(await store.get(keyOf('a'))).toBeUndefined();
  });

  it('counts the live answers of all replicas, whatever their models are called', async () => {
    const [one, two] = [storeOver(redis.connection()), storeOver(redis.connection())];
    await one.set(keyOf('a'), entry());
    await two.set(keyOf('b'), entry());
    await two.set(keyOf('old'), entry({ createdAt: Date.now() - 61_000 }));
    await two.set(keyOf('c', 'ft:gpt-4.1:org:1', 2), entry());
    expect(await one.count()).toEqual([
      { model: 'gpt-4.1', generation: 1, keys: 2, bytes: expect.any(Number) },
      { model: 'ft:gpt-4.1:org:1', generation: 2, keys: 1, bytes: expect.any(Number) },
    ]);
  });

  it('sweeps a generation of any size out of Redis', async () => {
    const store = storeOver(redis.connection());
    for (let index = 0; index < 1_201; index += 1) await store.set(keyOf(`${index}`), entry());
    await store.set(keyOf('new', 'gpt-4.1', 2), entry());
    await store.sweep('gpt-4.1', 1);
    expect([...redis.values.keys()]).toEqual([keyOf('new', 'gpt-4.1', 2)]);
    expect(await store.count()).toEqual([{ model: 'gpt-4.1', generation: 2, keys: 1, bytes: expect.any(Number) }]);
  });

  it('lists the answers of a generation in memory and in Redis, each once, and takes out those that are named', async () => {
    const [one, two] = [storeOver(redis.connection()), storeOver(redis.connection())];
    for (let index = 0; index < 250; index += 1) await (index % 2 ? one : two).set(keyOf(`${index}`), entry());
    await two.set(keyOf('other', 'gpt-4.1', 2), entry());
    redis.away = true;
    await one.set(keyOf('near'), entry());
    redis.away = false;
    const listed: string[] = [];
    for await (const page of one.keysOf('gpt-4.1', 1)) listed.push(...page);
    expect(listed.toSorted()).toEqual(
      [...Array.from({ length: 250 }, (_, index) => keyOf(`${index}`)), keyOf('near')].toSorted(),
    );
    expect(await Promise.all([keyOf('near'), keyOf('0'), keyOf('none')].map((key) => one.has(key)))).toEqual([
      true,
      true,
      false,
    ]);
    expect((await one.peek(keyOf('2')))?.tags).toEqual(['a']);
    await one.remove([keyOf('near'), keyOf('1'), keyOf('2')]);
    expect(await Promise.all([keyOf('near'), keyOf('1'), keyOf('2')].map((key) => one.has(key)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(await one.count()).toContainEqual({ model: 'gpt-4.1', generation: 1, keys: 248, bytes: expect.any(Number) });
  });

  it('does not remember the names of answers that have expired', async () => {
    const store = storeOver(redis.connection());
    for (let index = 0; index < 5; index += 1)
      await store.set(keyOf(`${index}`), entry({ createdAt: Date.now() - 61_000 }));
    await store.set(keyOf('new'), entry());
    expect([...redis.sortedSets.values()].map((members) => [...members.keys()])).toEqual([[keyOf('new')]]);
  });
});
