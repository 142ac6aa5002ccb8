import type { ProviderError } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import type { Deployment, Model } from '../models/model';
import { AttemptFailure } from './attempt-failure';
import { Router } from './router.service';

const deployment = (id: string, priority: number): Deployment => ({
  id,
  provider: id,
  upstreamModel: id,
  priority,
  weight: 1,
  maxParallel: undefined,
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
});
const error = (members: Partial<ProviderError> = {}): ProviderError => ({
  status: 502,
  type: 'upstream_error',
  code: 'upstream_error',
  param: null,
  message: 'The upstream failed.',
  retryable: true,
  retryAfterMs: undefined,
  ...members,
});
const failing = (members?: Partial<ProviderError>) => new AttemptFailure(error(members));
const busy = () => new AttemptFailure(error({ status: 503, code: 'unavailable', retryAfterMs: 1_000 }), false);

describe('the router', () => {
  const router = new Router();
  let asked: string[];
  let controller: AbortController;

  beforeEach(() => {
    asked = [];
    controller = new AbortController();
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => void jest.restoreAllMocks());

  /** Routes a call whose tries end as told, one after the other; the last of them is repeated. */
  const route = (model: Model, ...ends: (unknown | (() => unknown))[]) =>
    router.route(model, controller.signal, async ({ id }, attempt) => {
      const end = ends[Math.min(asked.push(`${id} ${attempt}`), ends.length) - 1];
      const told: unknown = typeof end === 'function' ? (end as () => unknown)() : end;
      if (told instanceof Error) throw told;
      return Promise.resolve(told);
    });

  it('answers with the first answer', async () => {
    expect(await route(modelOf('a', 'b'), 'answer')).toBe('answer');
    expect(asked).toEqual(['a 1']);
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
    const startedAt = performance.now();
    expect(await route(modelOf('a', 'b'), failing({ status: 429, retryAfterMs: 5_001 }), 'answer')).toBe('answer');
    expect(asked).toEqual(['a 1', 'b 2']);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('tells the caller to wait where there is no next one', async () => {
    const failure = failing({ status: 429, type: 'rate_limit_exceeded', retryAfterMs: 60_000 });
    await expect(route(modelOf('a'), failure)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 60 });
    expect(asked).toEqual(['a 1']);
  });

  it.each([400, 404, 422])('stops at an answer that no other deployment would better: %i', async (status) => {
    const refused = failing({ status, type: 'invalid_request_error', code: 'bad', param: 'n', retryable: false });
    await expect(route(modelOf('a', 'b'), refused)).rejects.toMatchObject({ status, param: 'n' });
    expect(asked).toEqual(['a 1']);
  });

  it.each(['upstream_auth', 'upstream_billing'])('goes elsewhere at once after %s', async (code) => {
    const refused = failing({ code, retryable: false });
    expect(await route(modelOf('a', 'b'), refused, 'answer')).toBe('answer');
    expect(asked).toEqual(['a 1', 'b 2']);
    asked = [];
    await expect(route(modelOf('a'), refused)).rejects.toMatchObject({ status: 502 });
    expect(asked).toEqual(['a 1']);
  });

  it('stops when the caller has left during a try', async () => {
    const leave = () => {
      controller.abort();
      return failing();
    };
    await expect(route(modelOf('a', 'b'), leave)).rejects.toThrow(GatewayError);
    expect(asked).toEqual(['a 1']);
  });

  it.each([[['a']], [['a', 'b']]])('stops at once when the caller leaves during a pause: %j', async (ids) => {
    const startedAt = performance.now();
    setTimeout(() => controller.abort(), 20);
    await expect(route(modelOf(...ids), failing({ retryAfterMs: 3_000 }))).rejects.toThrow(GatewayError);
    expect(asked).toEqual(['a 1']);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('passes over a deployment without room, which counts for no try', async () => {
    expect(await route(modelOf('a', 'b'), busy(), 'answer')).toBe('answer');
    expect(asked).toEqual(['a 1', 'b 1']);
  });

  it('is unavailable for a moment where every deployment is busy', async () => {
    const all = route(modelOf('a', 'b'), busy());
    await expect(all).rejects.toMatchObject({ code: 'unavailable', status: 503, retryAfterSeconds: 1 });
    await expect(all).rejects.toThrow('"resilient"');
    expect(asked).toEqual(['a 1', 'b 1']);
  });

  it('tells of the deployment that failed rather than of those that were busy', async () => {
    const limited = failing({ status: 429, retryAfterMs: 9_000 });
    for (const ends of [
      [busy(), limited],
      [limited, busy()],
    ]) {
      await expect(route(modelOf('a', 'b'), ...ends)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 9 });
      asked = [];
    }
  });

  it('lets what is no failure of a try through', async () => {
    const full = new GatewayError('unavailable');
    await expect(route(modelOf('a', 'b'), full)).rejects.toBe(full);
    expect(asked).toEqual(['a 1']);
  });

  it('names a timeout one', async () => {
    const slow = failing({ status: 504, type: 'upstream_timeout', code: 'upstream_timeout' });
    await expect(route(modelOf('a'), slow)).rejects.toMatchObject({ code: 'upstream_timeout', status: 504 });
  });
});
