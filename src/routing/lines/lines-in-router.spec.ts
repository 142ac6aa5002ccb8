import type { ProviderError } from '@thriftgate/providers';
import { aDeployment, aModel } from '../../models/testing/a-model';
import { OWN_CREDENTIAL } from '../../providers/provider';
import { aProvider } from '../../providers/testing/a-provider';
import { AllBusyError } from '../all-busy-error';
import { AttemptFailure } from '../attempt-failure';
import type { MakeAttempt, RouteRequest } from '../route-request';
import { aProviderError } from '../testing/a-provider-error';
import { localRouter } from '../testing/local-router';

const RATE_LIMIT: Partial<ProviderError> = { status: 429, code: 'upstream_rate_limited', retryAfterMs: 60_000 };
const LINE = { isLine: true, isFlex: false };
const FLEX_LINE = { isLine: true, isFlex: true };

/** A router over one deployment that refuses every call of the kind that the test says. */
function setUp(refusal: Partial<ProviderError>, upstreamStatus = refusal.status) {
  const health = { succeeded: jest.fn(), failed: jest.fn() };
  const parts = localRouter(health);
  const deployment = aDeployment();
  const asked: string[] = [];
  const route = (of: { isLine: boolean; isFlex: boolean }, refuses: boolean) => {
    const make: MakeAttempt<string> = async ({ id }, _number, release) => {
      asked.push(id);
      release();
      if (refuses) throw new AttemptFailure(aProviderError(refusal), upstreamStatus);
      return 'answer';
    };
    const request: RouteRequest = {
      model: aModel({ deployments: [deployment] }),
      signal: new AbortController().signal,
      stream: false,
      affinity: undefined,
      requestId: 'request',
      attemptsBefore: 0,
      pricePusd: () => 0n,
      withCredentials: () => [aProvider()],
      ...of,
    };
    return parts.router.route(request, make);
  };
  return { ...parts, health, asked, deployment, route };
}

describe('lines of batches in the router', () => {
  it('a 429 for a line pauses lines, opens no breaker and raises no alert', async () => {
    const { asked, breakers, deployment, health, route } = setUp(RATE_LIMIT);
    await expect(route(LINE, true)).rejects.toMatchObject({ status: 429 });
    expect(breakers.isAvailable(deployment, OWN_CREDENTIAL)).toBe(true);
    expect(health.failed).not.toHaveBeenCalled();
    const waits = (await route(LINE, false).catch((error: unknown) => error)) as AllBusyError;
    expect(waits).toBeInstanceOf(AllBusyError);
    expect(waits.retryAfterSeconds).toBe(10);
    expect(asked).toHaveLength(1);
    expect(await route({ isLine: false, isFlex: false }, false)).toBe('answer');
  });

  it.each([
    ['429', RATE_LIMIT, 429],
    ['503', {}, 503],
  ])('a flex tier without room (%s) is asked once, and pauses nothing', async (_status, refusal, upstreamStatus) => {
    const { asked, breakers, deployment, health, route } = setUp(refusal, upstreamStatus);
    for (let round = 0; round < 20; round += 1) await expect(route(FLEX_LINE, true)).rejects.toBeDefined();
    expect(asked).toHaveLength(20);
    expect(breakers.isAvailable(deployment, OWN_CREDENTIAL)).toBe(true);
    expect(health.failed).not.toHaveBeenCalled();
    expect(await route(FLEX_LINE, false)).toBe('answer');
  });

  it('other failures of lines count as those of calls do', async () => {
    const { breakers, deployment, health, route } = setUp({});
    for (let round = 0; round < 5; round += 1) await expect(route(LINE, true)).rejects.toBeDefined();
    expect(breakers.isAvailable(deployment, OWN_CREDENTIAL)).toBe(false);
    expect(health.failed).toHaveBeenCalled();
  });

  it('retries of lines use up no retries of live calls', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const { asked, route } = setUp({ status: 409 });
    for (let round = 0; round < 10; round += 1) await expect(route(LINE, true)).rejects.toBeDefined();
    asked.length = 0;
    await expect(route({ isLine: false, isFlex: false }, true)).rejects.toBeDefined();
    expect(asked.length).toBeGreaterThan(1);
    jest.restoreAllMocks();
  });
});
