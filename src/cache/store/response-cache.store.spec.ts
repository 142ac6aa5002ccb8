import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayConfig } from '../../config/gateway-config';
import type { RedisConnection } from '../../redis/redis.connection';
import { type CacheEntry, MAX_BODY_BYTES } from './cache-entry';
import { ResponseCacheStore } from './response-cache.store';

const DAY_SECONDS = 24 * 3600;
const NO_REDIS = { isConfigured: false, isReady: false } as RedisConnection;
const storeOver = (redis = NO_REDIS, memoryBytes = 1024 * 1024) =>
  new ResponseCacheStore({ cache: { memoryBytes, ttlSeconds: 7 * DAY_SECONDS } } as GatewayConfig, redis);
const keyOf = (name: string, model = 'gpt-4.1', generation = 1, team = 'team_1') =>
  `ai_cache:${team}:${model}:${generation}:${name}`;
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

describe('the store of responses in memory', () => {
  it('stays within its bytes, and evicts the least recently used response', async () => {
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

  it('rules a response out only where neither memory nor a ready Redis can have it', async () => {
    const store = storeOver(NO_REDIS, 300_000);
    expect(store.mayHave(keyOf('a'))).toBe(false);
    await store.set(keyOf('a'), entry());
    expect(store.mayHave(keyOf('a'))).toBe(true);
    await store.remove([keyOf('a')]);
    expect(store.mayHave(keyOf('a'))).toBe(false);
    expect(storeOver({ isConfigured: true, isReady: true } as RedisConnection).mayHave(keyOf('a'))).toBe(true);
  });

  it('A18: makes room among the responses of the team that takes the most', async () => {
    const store = storeOver(NO_REDIS, 1_000_000);
    const evicted: string[] = [];
    store.onEvicted((key) => evicted.push(key));
    const put = (name: string, team: string, bytes: number) =>
      store.set(keyOf(name, 'gpt-4.1', 1, team), entry({ body: Buffer.alloc(bytes) }));
    for (let index = 0; index < 10; index += 1) await put(`small-${index}`, 'team_1', 10_000);
    for (let index = 0; index < 8; index += 1) await put(`large-${index}`, 'team_2', 190_000);
    expect(evicted).toEqual([0, 1, 2, 3].map((index) => keyOf(`large-${index}`, 'gpt-4.1', 1, 'team_2')));
    // Another generation or model of the same team is no other share.
    await store.set(keyOf('other', 'gpt-4o', 2, 'team_2'), entry({ body: Buffer.alloc(190_000) }));
    expect(evicted.slice(4)).toEqual([keyOf('large-4', 'gpt-4.1', 1, 'team_2')]);
  });

  it('A18: does not store in full memory what takes more than all that any other team has', async () => {
    const store = storeOver(NO_REDIS, 1_000_000);
    for (let team = 0; team < 9; team += 1)
      await store.set(keyOf('a', 'gpt-4.1', 1, `team_${team}`), entry({ body: Buffer.alloc(100_000) }));
    await store.set(keyOf('huge', 'gpt-4.1', 1, 'team_9'), entry({ body: Buffer.alloc(500_000) }));
    expect(await store.get(keyOf('huge', 'gpt-4.1', 1, 'team_9'))).toBeUndefined();
    expect((await store.count())[0]).toMatchObject({ keys: 9, bytes: 900_000 });
  });

  it('counts the overhead of an entry', async () => {
    const store = storeOver(NO_REDIS, 300_000);
    for (let index = 0; index < 3_000; index += 1) await store.set(keyOf(`${index}`), entry());
    const [{ keys = 0 } = {}] = await store.count();
    expect(keys).toBeLessThan(300);
  });

  it('does not store a response larger than the limit', async () => {
    const store = storeOver(NO_REDIS, 10_000);
    await store.set(keyOf('small'), entry());
    await store.set(keyOf('huge'), entry({ body: Buffer.alloc(20_000) }));
    expect(await store.get(keyOf('huge'))).toBeUndefined();
    expect(await store.get(keyOf('small'))).toBeDefined();
  });

  it.each([25, 365])('stores a response for %i days, longer than a timer of Node runs', async (days) => {
    const store = storeOver();
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await store.set(keyOf('long'), entry({ ttlSeconds: days * DAY_SECONDS }));
    expect(timers.mock.calls.filter(([, ms = 0]) => ms > 1_000)).toEqual([]);
    timers.mockRestore();
    await delay(30);
    expect(await store.get(keyOf('long'))).toBeDefined();
    expect(await store.count()).toEqual([{ model: 'gpt-4.1', generation: 1, keys: 1, bytes: 34 }]);
  });

  it('neither serves nor counts an expired response', async () => {
    const store = storeOver();
    await store.set(keyOf('short'), entry({ ttlSeconds: 0.02 }));
    await store.set(keyOf('long'), entry());
    await delay(40);
    expect(await store.count()).toMatchObject([{ model: 'gpt-4.1', generation: 1, keys: 1 }]);
    expect(await store.get(keyOf('short'))).toBeUndefined();
    expect(store.bytesInMemory()).toEqual([{ model: 'gpt-4.1', generation: 1, bytes: 34 }]);
  });

  it('sweeps a model up to a generation, and nothing else', async () => {
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
      { model: 'ft:gpt-4.1:org:1', generation: 1, keys: 1, bytes: 34 },
      { model: 'gpt-4.1', generation: 3, keys: 1, bytes: 34 },
    ]);
  });

  it('reports evicted responses, and no others', async () => {
    const store = storeOver(NO_REDIS, 30_000);
    const evicted: [string, number][] = [];
    store.onEvicted((key, bytes) => evicted.push([key, bytes]));
    await store.set(keyOf('short'), entry({ body: Buffer.alloc(5_000), ttlSeconds: 0.02 }));
    await store.set(keyOf('replaced'), entry({ body: Buffer.alloc(5_000) }));
    await store.set(keyOf('replaced'), entry({ body: Buffer.alloc(6_000) }));
    await store.set(keyOf('removed'), entry({ body: Buffer.alloc(7_000) }));
    await store.remove([keyOf('removed')]);
    await delay(40);
    expect(evicted).toEqual([]);
    await store.set(keyOf('large'), entry({ body: Buffer.alloc(25_000) }));
    expect(evicted).toEqual([[keyOf('replaced'), 6_000]]);
  });

  it('counts the bytes of a generation through replacing, removing and expiring', async () => {
    const store = storeOver();
    await store.set(keyOf('a'), entry({ body: Buffer.alloc(100) }));
    await store.set(keyOf('a'), entry({ body: Buffer.alloc(300) }));
    await store.set(keyOf('b'), entry({ body: Buffer.alloc(50), ttlSeconds: 0.02 }));
    await store.set(keyOf('c', 'gpt-4.1', 2), entry({ body: Buffer.alloc(7) }));
    await delay(40);
    expect((await store.count()).toSorted((a, b) => a.generation - b.generation)).toMatchObject([
      { model: 'gpt-4.1', generation: 1, keys: 1, bytes: 350 },
      { model: 'gpt-4.1', generation: 2, keys: 1, bytes: 7 },
    ]);
    await store.get(keyOf('b'));
    await store.set(keyOf('a', 'gpt-4.1', 1, 'team_2'), entry({ body: Buffer.alloc(9) }));
    expect(store.bytesInMemory().toSorted((a, b) => a.generation - b.generation)).toEqual([
      { model: 'gpt-4.1', generation: 1, bytes: 309 },
      { model: 'gpt-4.1', generation: 2, bytes: 7 },
    ]);
    await store.remove([keyOf('a'), keyOf('a', 'gpt-4.1', 1, 'team_2'), keyOf('c', 'gpt-4.1', 2)]);
    expect([await store.count(), store.bytesInMemory()]).toEqual([[], []]);
  });

  it('holds as many small responses as the limit allows', async () => {
    const store = storeOver(NO_REDIS, 200 * 1024 * 1024);
    for (let index = 0; index < 101_000; index += 1) await store.set(keyOf(`${index}`), entry());
    expect((await store.count())[0]?.keys).toBe(101_000);
  });

  it.each([0, 1, 15, 5_000, 300_000])('returns %i bytes unchanged', async (length) => {
    const store = storeOver();
    // Every byte value, and no valid UTF-8.
    const kept = entry({ body: Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256)) });
    await store.set(keyOf('a'), kept);
    expect(await store.get(keyOf('a'))).toEqual(kept);
    expect(await store.peek(keyOf('a'))).toEqual(kept);
  });

  it.each([
    ["a slice of Node's pool", Buffer.from('a short response')],
    ['a slice of a long message', Buffer.alloc(300_000).subarray(100, 33_000)],
    ['a slice that lacks one byte of its message', Buffer.alloc(300_000).subarray(1)],
  ])('stores a response that is %s in memory of its own', async (_what, body) => {
    expect(body.buffer.byteLength).toBeGreaterThan(body.length);
    const store = storeOver();
    await store.set(keyOf('a'), entry({ body }));
    const kept = (await store.get(keyOf('a')))?.body;
    expect(kept).toEqual(body);
    expect(kept?.buffer.byteLength).toBe(body.length);
  });

  it('does not store a response of over 10 MB', async () => {
    const store = storeOver(NO_REDIS, 100 * 1024 * 1024);
    await store.set(keyOf('most'), entry({ body: Buffer.alloc(MAX_BODY_BYTES) }));
    await store.set(keyOf('more'), entry({ body: Buffer.alloc(MAX_BODY_BYTES + 1) }));
    expect([await store.has(keyOf('most')), await store.has(keyOf('more'))]).toEqual([true, false]);
  });
});
