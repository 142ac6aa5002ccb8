import type { Budget } from '../budgets/budget';
import { BudgetExceededError } from '../budgets/holds/budget-exceeded';
import type { CacheHit, ResponseCache } from '../cache/response-cache.service';
import type { CacheMemory } from '../cache/stats/cache-memory.service';
import type { CacheScopes } from '../cache/sharing/cache-scopes.service';
import type { Caller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { modelNotFound } from '../models/model-names';
import type { ModelRegistry } from '../models/model-registry.service';
import type { CallResponse } from './call';
import { CallsService } from './calls.service';
import type { Coalescing } from './coalescing/coalescing.service';
import type { PartedCalls } from './parts/parted-calls.service';
import type { PreparedCall } from './prepared-call';
import type { CachedResponseService } from './responses/cached-response.service';
import { aCacheHit } from './testing/answers';
import { aCall, aModel, aPreparedCall, budgetExceeded, CALLER } from './testing/builders';

const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'].map((name) => aModel({ name }));
const responseOf = (cacheStatus: 'HIT' | 'MISS'): CallResponse => ({
  kind: 'json',
  headers: { 'x-cache-status': cacheStatus },
  body: Buffer.from('{}'),
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 },
  settlement: { cacheStatus, listCostPusd: 0n, costPusd: 0n, savedPusd: 0n },
});

const exceeded = (members: Partial<Budget> = {}) =>
  budgetExceeded({ action: 'downgrade', downgradeTo: 'gpt-4.1-mini', ...members });

function setUp(
  ask: (prepared: PreparedCall) => Promise<CallResponse> = async () => responseOf('MISS'),
  served = MODELS,
) {
  let stored: CacheHit | undefined;
  const looked: PreparedCall['slot'][] = [];
  const asked: PreparedCall[] = [];
  const models: Pick<ModelRegistry, 'resolveSent' | 'notFound'> = {
    resolveSent: (name) => served.find((model) => model.name === name),
    notFound: (name) => modelNotFound(name, new Map(), new Map()),
  };
  const scopes: Pick<CacheScopes, 'of'> = { of: ({ teamId }) => ({ id: teamId }) };
  const cache: Pick<ResponseCache, 'slotFor' | 'mayHave' | 'find'> = {
    slotFor: (model) => aPreparedCall(aCall(), { model }).slot,
    mayHave: () => true,
    find: async (slot) => {
      looked.push(slot);
      return stored;
    },
  };
  const refreshes: string[] = [];
  const memory: Pick<CacheMemory, 'countRefresh'> = { countRefresh: (_key, cause) => void refreshes.push(cause) };
  const cachedResponses: Pick<CachedResponseService, 'respond'> = { respond: async () => responseOf('HIT') };
  const coalescing: Pick<Coalescing, 'respond'> = {
    respond: async (prepared) => {
      asked.push(prepared);
      return ask(prepared);
    },
  };
  const calls = new CallsService(
    models as ModelRegistry,
    scopes as CacheScopes,
    cache as ResponseCache,
    memory as CacheMemory,
    cachedResponses as CachedResponseService,
    coalescing as Coalescing,
    {} as PartedCalls,
  );
  return { calls, looked, asked, refreshes, store: () => (stored = aCacheHit()) };
}

describe('a call that asks for a fresh response', () => {
  it.each([
    [{ cache: { 'no-cache': true } }, ['cache.no-cache']],
    [{ use_cache: false }, []],
    [{}, []],
  ])('C3: is counted by its cause: %j', async (members, causes) => {
    const { calls, refreshes } = setUp();
    await calls.complete(aCall(members));
    expect(refreshes).toEqual(causes);
  });
});

describe('N5: a call without a limit of output tokens', () => {
  const model = aModel({ name: 'limited', defaultMaxTokens: 500, maxOutputTokens: 800 });
  const prepare = (members: Record<string, unknown>, caller: Partial<Caller> = {}) => {
    const { calls } = setUp(undefined, [model]);
    return calls.prepare(aCall({ model: 'limited', ...members }, { caller: { ...CALLER, ...caller } })).call;
  };

  it.each([
    ['that of the model', {}, {}, 500, 500],
    ['that of the key', {}, { defaultMaxTokens: 300 }, 300, 300],
    ['no more than the model writes', {}, { defaultMaxTokens: 900 }, 800, 800],
    ['its own', { max_tokens: 700 }, { defaultMaxTokens: 300 }, undefined, 700],
  ])('gets %s', (_name, members, caller, added, limit) => {
    const call = prepare(members, caller);
    expect([call.defaultMaxTokens, call.request.maxOutputTokens]).toEqual([added, limit]);
    expect(call.body).not.toHaveProperty('max_completion_tokens');
  });
});

describe('a call that is prepared', () => {
  it('has its model, its slot in the cache and what it may ask of the cache', () => {
    const { calls, looked, asked } = setUp();
    const call = aCall({ cache: { ttl: 5 } });
    const prepared = calls.prepare(call);
    expect(prepared).toMatchObject({ call, model: { name: 'gpt-4.1' }, controls: { read: true, write: true } });
    expect(prepared.slot.key).toContain('gpt-4.1');
    expect([looked, asked]).toEqual([[], []]);
  });

  it('names a model that is not served, shortened where the name is long', () => {
    const { calls } = setUp();
    expect(() => calls.prepare(aCall({ model: 'x'.repeat(500) }))).toThrow(
      expect.objectContaining({
        code: 'model_not_found',
        param: 'model',
        message: `This gateway does not serve a model "${'x'.repeat(200)}…". GET /v1/models lists the models it serves.`,
      }),
    );
  });

  it('is refused a model that its key may not use', () => {
    const { calls } = setUp();
    const caller = { ...CALLER, models: ['gpt-4.1-mini'] };
    expect(() => calls.prepare(aCall({}, { caller }))).toThrow(expect.objectContaining({ code: 'model_not_allowed' }));
    expect(calls.prepare(aCall({ model: 'gpt-4.1-mini' }, { caller })).model.name).toBe('gpt-4.1-mini');
  });

  it('names a wrong control of the cache', () => {
    const { calls } = setUp();
    expect(() => calls.prepare(aCall({ use_cache: 'yes' }))).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'use_cache' }),
    );
  });
});

describe('a call that is looked up', () => {
  it('gets the stored answer, and asks no upstream', async () => {
    const { calls, asked, store } = setUp();
    store();
    expect(await calls.complete(aCall())).toMatchObject({ settlement: { cacheStatus: 'HIT' } });
    expect(asked).toEqual([]);
  });

  it.each([{ use_cache: false }, { cache: { 'no-cache': true } }])(
    'is not where it wants a fresh answer: %j',
    async (body) => {
      const { calls, looked, asked, store } = setUp();
      store();
      const call = aCall(body);
      expect(await calls.complete(call)).toMatchObject({ settlement: { cacheStatus: 'MISS' } });
      expect([looked.length, asked.length]).toEqual([0, 1]);
    },
  );

  it('adds the headers of the dialect that it came with', async () => {
    const { calls } = setUp();
    const { headers } = await calls.complete(aCall({}, { headers: { 'x-portkey-cache-force-refresh': 'true' } }));
    expect(headers).toMatchObject({ 'x-portkey-cache-status': 'MISS' });
  });
});

describe('a call that asks an upstream', () => {
  it('does not where it wants a stored answer only', async () => {
    const { calls, asked } = setUp();
    const call = aCall({}, { headers: { 'cache-control': 'only-if-cached' } });
    await expect(calls.complete(call)).rejects.toMatchObject({ code: 'cache_only_miss', facts: { attempts: 0 } });
    expect(asked).toEqual([]);
  });

  it('passes its failure on', async () => {
    const error = new GatewayError('upstream_error');
    const { calls, asked } = setUp(() => Promise.reject(error));
    await expect(calls.complete(aCall())).rejects.toBe(error);
    expect(asked).toHaveLength(1);
  });

  it('goes to the model that a used-up budget names, also one that its key may not use', async () => {
    const { calls, asked } = setUp(async ({ model }) => {
      if (model.name === 'gpt-4.1') throw exceeded();
      return responseOf('MISS');
    });
    const call = aCall({ temperature: 0 }, { caller: { ...CALLER, models: ['gpt-4.1'] } });
    const before = structuredClone(call.body);
    await calls.complete(call);
    expect(asked.map(({ model }) => model.name)).toEqual(['gpt-4.1', 'gpt-4.1-mini']);
    expect(asked[1]?.call).toMatchObject({
      requestId: call.requestId,
      body: { ...before, model: 'gpt-4.1-mini' },
      request: { model: 'gpt-4.1-mini' },
      downgrade: { from: { name: 'gpt-4.1' }, budgetId: 'budget_1' },
    });
    expect([call.body, call.request.model]).toEqual([before, 'gpt-4.1']);
  });

  it('gets a stored answer of the model that the budget names', async () => {
    const setting = setUp(async () => {
      setting.store();
      throw exceeded();
    });
    expect(await setting.calls.complete(aCall())).toMatchObject({ settlement: { cacheStatus: 'HIT' } });
    expect(setting.looked.map(({ model }) => model.name)).toEqual(['gpt-4.1', 'gpt-4.1-mini']);
  });

  it('goes to another model once', async () => {
    const { calls, asked } = setUp(({ model }) =>
      Promise.reject(exceeded({ downgradeTo: model.name === 'gpt-4.1' ? 'gpt-4.1-mini' : 'gpt-4.1-nano' })),
    );
    await expect(calls.complete(aCall())).rejects.toBeInstanceOf(BudgetExceededError);
    expect(asked.map(({ model }) => model.name)).toEqual(['gpt-4.1', 'gpt-4.1-mini']);
  });

  it.each([
    ['blocks', { action: 'block' as const }],
    ['names no model', { downgradeTo: null }],
    ['names the model that was asked for', { downgradeTo: 'gpt-4.1' }],
  ])('stays where the budget %s', async (_, members) => {
    const { calls, asked } = setUp(() => Promise.reject(exceeded(members)));
    await expect(calls.complete(aCall())).rejects.toBeInstanceOf(BudgetExceededError);
    expect(asked).toHaveLength(1);
  });

  // The answer to an `Idempotency-Key` is forgotten where the call cannot have been charged.
  it('says that it may be charged also where another model was charged for it', async () => {
    const { calls } = setUp(async ({ call, model }) => {
      if (model.name === 'gpt-4.1') throw exceeded();
      call.onCharged?.();
      throw new GatewayError('unavailable');
    });
    const onCharged = jest.fn();
    await expect(calls.complete(aCall({}, { onCharged }))).rejects.toMatchObject({ code: 'unavailable' });
    expect(onCharged).toHaveBeenCalledTimes(1);
  });
});
