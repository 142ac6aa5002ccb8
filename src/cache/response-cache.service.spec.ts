import { chatCompletions } from '@thriftgate/providers';
import type { GatewayConfig } from '../config/gateway-config';
import { Clock } from '../common/clock';
import type { GenerationsService } from '../models/generations.service';
import type { Model } from '../models/model';
import type { ProviderRegistry } from '../providers/provider-registry.service';
import type { RedisConnection } from '../redis/redis.connection';
import { type CacheControls, parseCacheControls } from './controls/cache-controls';
import type { InvalidationRule } from './invalidation/invalidation-rule';
import { RuleBook } from './invalidation/rule-book';
import type { InvalidationRules } from './invalidation/rules.service';
import { ResponseCache } from './response-cache.service';
import { ResponseCacheStore } from './store/response-cache.store';

const ENDPOINT = chatCompletions;
const DEFAULTS = parseCacheControls({});
const model: Model = {
  name: 'gpt-4.1',
  ownedBy: 'openai',
  deployments: [],
  family: 'gpt-4.1',
  target: 'openai/gpt-4.1',
  cache: { ttlSeconds: 60, storeToolCalls: false, ignoreFingerprint: false },
  maxOutputTokens: undefined,
  reasons: false,
};
const response = {
  body: Buffer.from('{"cached":true}'),
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 },
  listCostPusd: 5n,
  provider: 'openai',
  upstreamModel: 'gpt-4.1-2025-04-14',
  systemFingerprint: undefined,
  teamId: 'team_1',
  tags: [],
};

class SetClock extends Clock {
  ms = Date.now();
  override now(): number {
    return this.ms;
  }
}

describe('the response cache', () => {
  let generation: number;
  let suspended: boolean;
  let retire: (model: string, generation: number) => void;
  let clock: SetClock;
  let book: RuleBook;
  let store: ResponseCacheStore;
  let cache: ResponseCache;

  beforeEach(() => {
    generation = 1;
    clock = new SetClock();
    book = new RuleBook();
    suspended = false;
    const generations: Pick<GenerationsService, 'current' | 'isSuspended' | 'onRetired'> = {
      isSuspended: () => suspended,
      current: (name) => ({ model: name, generation, version: null }),
      onRetired: (listener) => void (retire = listener),
    };
    const config = { cache: { memoryBytes: 1024 * 1024, ttlSeconds: 604_800 } } as GatewayConfig;
    store = new ResponseCacheStore(config, { isConfigured: false, isReady: false } as RedisConnection);
    const rules: Pick<InvalidationRules, 'newest' | 'retires'> = {
      get newest() {
        return book.newest;
      },
      retires: (key, name, facts) => book.retires({ key, model: name, version: null }, facts),
    };
    const providers: Pick<ProviderRegistry, 'isSimulated'> = { isSimulated: (name) => name === 'simulator' };
    cache = new ResponseCache(
      store,
      generations as GenerationsService,
      rules as InvalidationRules,
      providers as ProviderRegistry,
      clock,
    );
  });

  const slotOf = (content = 'Hello', controls: CacheControls = DEFAULTS, scope = 'team_1') =>
    cache.slotFor(
      model,
      { id: scope },
      ENDPOINT,
      { model: 'gpt-4.1', messages: [{ role: 'user', content }] },
      controls,
    );
  const rule = (members: Partial<InvalidationRule>) =>
    book.add({ revision: book.newest + 1, expiresAtMs: Infinity, ...members });
  const find = (controls: CacheControls = DEFAULTS) => cache.find(slotOf('Hello', controls), controls);

  it.each([
    ['openai', true],
    ['simulator', false],
  ])('shares a response of %s with other replicas: %s (N1)', async (provider, shared) => {
    const set = jest.spyOn(store, 'set');
    await cache.store(slotOf(), { ...response, provider });
    expect(set).toHaveBeenCalledWith(slotOf().key, expect.anything(), { shared });
    expect((await find())?.entry.provider).toBe(provider);
  });

  it('uses another key where other providers write the responses (N1)', () => {
    const keyOf = (target: string) =>
      cache.slotFor({ ...model, target }, { id: 'team_1' }, ENDPOINT, { model: 'gpt-4.1', messages: [] }, DEFAULTS).key;
    expect(keyOf('simulator/gpt-4.1')).not.toBe(keyOf('openai/gpt-4.1'));
  });

  it('serves a stored response with its age and remaining TTL', async () => {
    await cache.store(slotOf(), response);
    clock.ms += 12_900;
    const hit = await find();
    expect(hit).toMatchObject({ ageSeconds: 12, ttlSeconds: 48, entry: { ...response, ttlSeconds: 60 } });
    expect(hit?.entry.createdAt).toBe(clock.ms - 12_900);
  });

  it('serves no response to another request, of another team or of another namespace', async () => {
    await cache.store(slotOf(), response);
    expect(await cache.find(slotOf('Hello!'), DEFAULTS)).toBeUndefined();
    expect(await cache.find(slotOf('Hello', DEFAULTS, 'team_2'), DEFAULTS)).toBeUndefined();
    expect(await find({ ...DEFAULTS, namespace: 'a' })).toBeUndefined();
  });

  it('N20: serves nothing of a model while its lookups are suspended', async () => {
    await cache.store(slotOf(), response);
    suspended = true;
    expect(await find()).toBeUndefined();
    suspended = false;
    expect(await find()).toBeDefined();
  });

  it('neither serves nor stores the response to a call under a share that has ended since', async () => {
    const scope = { id: 'share_1', ended: false };
    const body = { model: 'gpt-4.1', messages: [] };
    const slot = () => cache.slotFor(model, scope, ENDPOINT, body, DEFAULTS);
    await cache.store(slot(), response);
    const [before, late] = [slot(), slot()];
    expect(await cache.find(before, DEFAULTS)).toBeDefined();
    scope.ended = true;
    expect(await cache.find(before, DEFAULTS)).toBeUndefined();
    const other = { ...late, key: late.key.replace(/.$/, '-') };
    await cache.store(other, response);
    expect(await store.get(other.key)).toBeUndefined();
  });

  it('stores a response no longer than is allowed, nor serves one that was stored for longer', async () => {
    const bound = { ...DEFAULTS, maxTtlSeconds: 20, ttlSeconds: 50 };
    await cache.store(slotOf('Hello', bound), response);
    expect(await find()).toMatchObject({ ttlSeconds: 20 });
    await cache.store(slotOf(), response);
    clock.ms += 15_000;
    expect(await find(bound)).toMatchObject({ ttlSeconds: 5, entry: { ttlSeconds: 60 } });
    clock.ms += 5_000;
    expect(await find(bound)).toBeUndefined();
    expect(await find()).toMatchObject({ ttlSeconds: 40 });
  });

  it('serves a response until its TTL ends and not longer', async () => {
    await cache.store(slotOf(), response);
    clock.ms += 59_999;
    expect(await find()).toMatchObject({ ageSeconds: 59, ttlSeconds: 1 });
    clock.ms += 1;
    expect(await find()).toBeUndefined();
  });

  it("stores a response for the caller's TTL, in place of the model's", async () => {
    await cache.store(slotOf('Hello', { ...DEFAULTS, ttlSeconds: 365 * 24 * 3600 }), response);
    clock.ms += 3_600_000;
    expect(await find()).toMatchObject({ ttlSeconds: 365 * 24 * 3600 - 3_600 });
  });

  it("serves no response older than the caller's maximum age", async () => {
    await cache.store(slotOf(), response);
    clock.ms += 10_000;
    expect(await find({ ...DEFAULTS, maxAgeSeconds: 10 })).toBeDefined();
    clock.ms += 1;
    expect(await find({ ...DEFAULTS, maxAgeSeconds: 10 })).toBeUndefined();
    expect(await find({ ...DEFAULTS, maxAgeSeconds: 0 })).toBeUndefined();
    expect(await find()).toBeDefined();
  });

  it('reports an age of 0 where the clock was set back', async () => {
    await cache.store(slotOf(), response);
    clock.ms -= 5_000;
    expect(await find()).toMatchObject({ ageSeconds: 0, ttlSeconds: 60 });
  });

  it('serves nothing of a generation that has ended', async () => {
    const old = slotOf();
    await cache.store(old, response);
    generation = 2;
    expect(await cache.find(old, DEFAULTS)).toBeUndefined();
    expect(await find()).toBeUndefined();
  });

  it('does not store the response to a call of a generation that has ended since', async () => {
    const set = jest.spyOn(store, 'set');
    const late = slotOf();
    generation = 2;
    await cache.store(late, response);
    expect(set).not.toHaveBeenCalled();
    generation = 1;
    expect(await find()).toBeUndefined();
  });

  it('does not serve a response whose generation ends while the store is read', async () => {
    await cache.store(slotOf(), response);
    const get = store.get.bind(store);
    jest.spyOn(store, 'get').mockImplementationOnce(async (key) => {
      const entry = await get(key);
      generation = 2;
      return entry;
    });
    expect(await find()).toBeUndefined();
  });

  it('serves nothing that a rule has invalidated, and again what later calls store', async () => {
    await cache.store(slotOf(), response);
    rule({ teamId: 'team_2' });
    expect(await find()).toBeDefined();
    rule({ teamId: 'team_1' });
    expect(await find()).toBeUndefined();
    await cache.store(slotOf(), response);
    expect(await find()).toBeDefined();
  });

  it.each([{ teamId: 'team_1' }, { tag: 'a' }, { version: 'gpt-4.1-2025-04-14' }, { model: 'gpt-4.1' }])(
    'does not store the response to a call that started before the rule %j',
    async (criteria) => {
      const set = jest.spyOn(store, 'set');
      const late = slotOf();
      rule(criteria);
      await cache.store(late, { ...response, tags: ['a'] });
      expect(set).not.toHaveBeenCalled();
    },
  );

  it("does not store the response to a call that started before a rule's time and ended after it", async () => {
    const late = slotOf();
    clock.ms += 2_000;
    rule({ beforeMs: clock.ms - 1_000 });
    await cache.store(late, response);
    expect(await find()).toBeUndefined();
  });

  it('serves no response that another process stored without knowing the rule', async () => {
    const unaware = slotOf();
    const set = store.set.bind(store);
    jest.spyOn(store, 'set').mockImplementationOnce(async (key, entry) => {
      rule({ key });
      await set(key, entry);
    });
    await cache.store(unaware, response);
    expect(await find()).toBeUndefined();
  });

  it('sweeps a generation that has ended', async () => {
    await cache.store(slotOf(), response);
    retire('gpt-4.1', 1);
    await new Promise(setImmediate);
    expect(await store.count()).toEqual([]);
  });
});
