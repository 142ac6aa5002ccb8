import type { ProviderError } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import type { Deployment, Model } from '../models/model';
import { AttemptFailure } from './attempt-failure';
import { aProvider } from '../providers/testing/a-provider';
import type { MakeAttempt, ReleaseSlot, RouteRequest } from './route-request';
import type { Router } from './router.service';
import type { DeploymentSlots } from './slots.service';
import { aProviderError } from './testing/a-provider-error';
import { localRouter } from './testing/local-router';

const deployment = (id: string, priority: number): Deployment => ({
  id,
  provider: id,
  upstreamModel: id,
  priority,
  weight: 1,
  maxParallel: 1,
  publicName: 'model',
});
const modelOf = (...ids: string[]): Model => ({
  name: 'resilient',
  ownedBy: 'openai',
  deployments: ids.map((id, index) => deployment(id, index + 1)),
  family: 'gpt-4.1',
  target: 'openai/gpt-4.1',
  cache: { ttlSeconds: 60, storeToolCalls: false, ignoreFingerprint: false },
  maxOutputTokens: undefined,
  reasons: false,
});
const failing = (members?: Partial<ProviderError>, upstreamStatus?: number) =>
  new AttemptFailure(aProviderError(members), upstreamStatus);
const charged = () => Object.assign(failing({ retryable: false }), { charged: true });

describe('the router', () => {
  let slots: DeploymentSlots;
  let router: Router;
  let asked: string[];
  let told: string[];
  let controller: AbortController;

  beforeEach(() => {
    asked = [];
    told = [];
    ({ router, slots } = localRouter({
      succeeded: ({ id }) => void told.push(`${id} succeeded`),
      failed: ({ id }, { code }) => void told.push(`${id} failed: ${code}`),
    }));
    controller = new AbortController();
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  let withCredentials: RouteRequest['withCredentials'];
  beforeEach(() => (withCredentials = () => [aProvider()]));
  const ask = <T>(model: Model, makeAttempt: MakeAttempt<T>) =>
    router.route(
      {
        model,
        signal: controller.signal,
        stream: false,
        affinity: undefined,
        isLine: false,
        isFlex: false,
        requestId: 'request',
        attemptsBefore: 0,
        pricePusd: () => 0n,
        withCredentials,
      },
      makeAttempt,
    );
  /** Routes a call whose attempts end as given, one after the other; the last end is repeated. */
  const route = (model: Model, ...ends: (unknown | (() => unknown))[]) =>
    ask(model, async ({ id }, number, release) => {
      const end = ends[Math.min(asked.push(`${id} ${number}`), ends.length) - 1];
      const value: unknown = typeof end === 'function' ? (end as () => unknown)() : end;
      release();
      if (value instanceof Error) throw value;
      return Promise.resolve(value);
    });
  const fill = (id: string) => slots.take(deployment(id, 1));

  it('answers with the first answer', async () => {
    expect(await route(modelOf('a', 'b'), 'answer')).toBe('answer');
    expect(asked).toEqual(['a 1']);
  });

  it('N10: tells the health of providers of each failure and success', async () => {
    const timeout = failing({ code: 'upstream_timeout', retryable: false });
    await expect(route(modelOf('a'), timeout)).rejects.toThrow(GatewayError);
    asked = [];
    expect(await route(modelOf('a', 'b'), failing(), failing(), 'answer')).toBe('answer');
    expect(told).toEqual([
      'a failed: upstream_timeout',
      'a failed: upstream_error',
      'a failed: upstream_error',
      'b succeeded',
    ]);
  });

  it('N10: tells the health of providers of a stream that broke off after its first content', async () => {
    let release: ReleaseSlot = () => undefined;
    await ask(modelOf('a'), async (_deployment, _number, giveBack) => {
      release = giveBack;
      return Promise.resolve('stream');
    });
    release(aProviderError({ code: 'upstream_stream_cut' }));
    expect(told).toEqual(['a succeeded', 'a failed: upstream_stream_cut']);
  });

  it('N10: tells the health of providers nothing of attempts that the caller ended', async () => {
    const leave = () => {
      controller.abort();
      return failing();
    };
    await expect(route(modelOf('a'), leave)).rejects.toThrow(GatewayError);
    expect(told).toEqual([]);
  });

  it('N10: names provider, model, upstream status and attempts in its error', async () => {
    const limited = failing({ status: 429, retryAfterMs: 9_000 }, 429);
    await expect(route(modelOf('a', 'b'), limited)).rejects.toMatchObject({
      facts: { provider: 'b', model: 'resilient', upstreamModel: 'b', upstreamStatus: 429, attempts: 2 },
    });
    // The caller gets 502, the log what the upstream said.
    await expect(route(modelOf('c'), failing({ elsewhere: false }, 401))).rejects.toMatchObject({
      status: 502,
      facts: { upstreamStatus: 401 },
    });
    fill('a');
    await expect(route(modelOf('a'), 'answer')).rejects.toMatchObject({ facts: { model: 'resilient', attempts: 0 } });
  });

  it.each([
    ['the first', true, () => [charged(), failing()]],
    ['the first, before there was no room', true, () => [charged(), new GatewayError('unavailable')]],
    ['the last', true, () => [failing(), failing(), charged()]],
    ['none', false, () => [failing()]],
  ])('kind 1: tells that %s of its deployments has charged for the call', async (_name, isFinal, ends) => {
    await expect(route(modelOf('a', 'b'), ...ends())).rejects.toMatchObject({ isFinal });
  });

  it('asks the only deployment three times', async () => {
    await expect(route(modelOf('a'), failing())).rejects.toMatchObject({ code: 'upstream_error', status: 502 });
    expect(asked).toEqual(['a 1', 'a 2', 'a 3']);
  });

  it('asks each of several twice and the last one three times', async () => {
    await expect(route(modelOf('a', 'b', 'c'), failing())).rejects.toThrow(GatewayError);
    expect(asked).toEqual(['a 1', 'a 2', 'b 3', 'b 4', 'c 5', 'c 6', 'c 7']);
  });

  it('waits longer before each retry, with jitter', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const times: number[] = [];
    const fail = () => {
      times.push(performance.now());
      return failing();
    };
    await expect(route(modelOf('a'), fail)).rejects.toThrow(GatewayError);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(98);
    expect(third - second).toBeGreaterThanOrEqual(198);
  });

  it('waits as long as the upstream asks for', async () => {
    const startedAt = performance.now();
    expect(await route(modelOf('a'), failing({ status: 429, retryAfterMs: 300 }), 'answer')).toBe('answer');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(298);
  });

  it('does not wait for an upstream that asks for too long, and asks the next one', async () => {
    expect(await route(modelOf('a', 'b'), failing({ status: 429, retryAfterMs: 5_001 }), 'answer')).toBe('answer');
    expect(asked).toEqual(['a 1', 'b 2']);
  });

  it('tells the caller to wait where there is no next one', async () => {
    const failure = failing({ status: 429, type: 'rate_limit_exceeded', retryAfterMs: 60_000 });
    await expect(route(modelOf('a'), failure)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 60 });
    expect(asked).toEqual(['a 1']);
  });

  it.each([400, 413, 422])('stops at an answer that no other deployment would better: %i', async (status) => {
    const refused = failing({
      status,
      type: 'invalid_request_error',
      code: 'bad',
      param: 'n',
      retryable: false,
      elsewhere: false,
    });
    await expect(route(modelOf('a', 'b'), refused)).rejects.toMatchObject({ status, param: 'n' });
    expect(asked).toEqual(['a 1']);
  });

  it.each(['upstream_auth', 'upstream_billing', 'model_not_found'])(
    'R11: goes elsewhere at once after %s',
    async (code) => {
      const refused = failing({ code, retryable: false });
      expect(await route(modelOf('a', 'b'), refused, 'answer')).toBe('answer');
      expect(asked).toEqual(['a 1', 'b 2']);
      asked = [];
      await expect(route(modelOf('a'), refused)).rejects.toMatchObject({ status: 502 });
      expect(asked).toEqual(['a 1']);
    },
  );

  it('stops when the caller has disconnected during an attempt', async () => {
    const leave = () => {
      controller.abort();
      return failing();
    };
    await expect(route(modelOf('a', 'b'), leave)).rejects.toThrow(GatewayError);
    expect(asked).toEqual(['a 1']);
  });

  it.each([
    [['a'], 3_000],
    [['a', 'b'], undefined],
  ])('stops when the caller disconnects during a pause: %j', async (ids, retryAfterMs) => {
    jest.spyOn(Math, 'random').mockReturnValue(0.99);
    setTimeout(() => controller.abort(), 20);
    await expect(route(modelOf(...ids), failing({ retryAfterMs }))).rejects.toThrow(GatewayError);
    expect(asked).toEqual(['a 1']);
  });

  it('passes over a deployment at its max_parallel limit, which counts as no attempt', async () => {
    fill('a');
    expect(await route(modelOf('a', 'b'), 'answer')).toBe('answer');
    expect(asked).toEqual(['b 1']);
  });

  it('takes a slot for each attempt, and gives it to the attempt', async () => {
    const release = await ask(modelOf('a'), async (_, __, free) => free);
    await expect(route(modelOf('a'), 'answer')).rejects.toMatchObject({ code: 'unavailable' });
    release();
    expect(await route(modelOf('a'), 'answer')).toBe('answer');
  });

  it('is unavailable for a moment where every deployment is at its limit', async () => {
    fill('a');
    fill('b');
    const all = route(modelOf('a', 'b'), 'answer');
    await expect(all).rejects.toMatchObject({ code: 'unavailable', status: 503, retryAfterSeconds: 1 });
    await expect(all).rejects.toThrow('"resilient"');
    expect(asked).toEqual([]);
  });

  it.each(['a', 'b'])('names the failure of the other deployment where %s is at its limit', async (full) => {
    fill(full);
    const limited = failing({ status: 429, retryAfterMs: 9_000 });
    await expect(route(modelOf('a', 'b'), limited)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 9 });
  });

  it('lets through what is no failure of an attempt', async () => {
    const full = new GatewayError('unavailable');
    await expect(route(modelOf('a', 'b'), full)).rejects.toBe(full);
    expect(asked).toEqual(['a 1']);
  });

  it('names a timeout one', async () => {
    const slow = failing({ status: 504, type: 'upstream_timeout', code: 'upstream_timeout' });
    await expect(route(modelOf('a'), slow)).rejects.toMatchObject({ code: 'upstream_timeout', status: 504 });
  });
});
