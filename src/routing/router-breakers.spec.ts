import type { ProviderError } from '@thriftgate/providers';
import { aDeployment, aModel } from '../models/testing/a-model';
import { OWN_CREDENTIAL } from '../providers/provider';
import { aProvider } from '../providers/testing/a-provider';
import { AnswerTooLarge, AttemptFailure } from './attempt-failure';
import type { MakeAttempt, ReleaseSlot, RouteRequest } from './route-request';
import { aProviderError } from './testing/a-provider-error';
import { localRouter } from './testing/local-router';

/** A router over deployments whose attempts end as the test says, each for itself. */
function setUp(...ids: string[]) {
  const parts = localRouter();
  const controller = new AbortController();
  const asked: string[] = [];
  const ends = new Map<string, Partial<ProviderError> | 'answer'>(ids.map((id) => [id, 'answer']));
  const deployments = ids.map((id, index) => aDeployment({ id, provider: id, priority: index }));
  const model = aModel({ name: 'resilient', deployments });
  const make: MakeAttempt<string> = async ({ id }, _number, release) => {
    asked.push(id);
    release();
    const end = ends.get(id);
    if (end !== 'answer') throw new AttemptFailure(aProviderError(end), end?.status);
    return Promise.resolve(id);
  };
  const request: RouteRequest = {
    model,
    signal: controller.signal,
    stream: false,
    affinity: undefined,
    isLine: false,
    isFlex: false,
    requestId: 'request',
    attemptsBefore: 0,
    pricePusd: () => 0n,
    withCredentials: () => [aProvider()],
  };
  const route = (makeAttempt = make) => parts.router.route(request, makeAttempt);
  /** The answer or the status of each of so many calls, one after the other. */
  const calls = async (count: number) => {
    const outcomes: string[] = [];
    for (let call = 0; call < count; call += 1)
      outcomes.push(await route().catch(({ status }: { status: number }) => `${status}`));
    return outcomes;
  };
  return { ...parts, asked, ends, route, calls };
}

describe('the router and breakers', () => {
  beforeEach(() => void jest.spyOn(Math, 'random').mockReturnValue(0));
  afterEach(() => jest.restoreAllMocks());
  const later = (ms: number) => {
    const nowMs = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(nowMs + ms);
  };

  it('leaves no deployment for answers that the gateway does not read, and asks no other one', async () => {
    const { route, calls } = setUp('a', 'b');
    const make = jest.fn<Promise<string>, Parameters<MakeAttempt<string>>>(async (_deployment, _number, release) => {
      release();
      throw new AnswerTooLarge('has more than 50,000 members and elements');
    });
    for (let call = 0; call < 20; call += 1) await expect(route(make)).rejects.toThrow('50,000');
    expect(make.mock.calls.map(([{ id }]) => id)).toEqual(Array(20).fill('a'));
    expect(await calls(1)).toEqual(['a']);
  });

  it('leaves a deployment that fails, and comes back once it answers', async () => {
    const { asked, ends, calls } = setUp('a', 'b');
    ends.set('a', {});
    expect(await calls(20)).toEqual(Array.from({ length: 20 }, () => 'b'));
    expect(asked.filter((id) => id === 'a').length).toBeLessThanOrEqual(6);
    ends.set('a', 'answer');
    expect(await calls(1)).toEqual(['b']);
    later(10_000);
    expect(await calls(2)).toEqual(['a', 'a']);
  });

  it('tries deployments whose breakers are open where no other one answers', async () => {
    const { asked, ends, calls } = setUp('a', 'b');
    ends.set('a', {});
    await calls(5);
    ends.set('a', 'answer');
    ends.set('b', {});
    asked.length = 0;
    expect(await calls(1)).toEqual(['a']);
    expect(asked).toEqual(['b', 'b', 'a']);
  });

  it('tries the only deployment though its breaker is open: the upstream decides', async () => {
    const { ends, calls } = setUp('a');
    ends.set('a', {});
    expect(await calls(6)).toEqual(Array.from({ length: 6 }, () => '502'));
    ends.set('a', 'answer');
    expect(await calls(1)).toEqual(['a']);
  });

  it('does not multiply an outage: retries stay within the budget of each deployment', async () => {
    const { asked, ends, calls } = setUp('a', 'b');
    for (const id of ['a', 'b']) ends.set(id, {});
    await calls(100);
    for (const id of ['a', 'b']) expect(asked.filter((each) => each === id).length).toBeLessThanOrEqual(111);
  });

  it('goes elsewhere at once where an upstream asks for a pause, and keeps the pause for all calls', async () => {
    const { asked, ends, calls } = setUp('a', 'b');
    ends.set('a', { status: 429, retryAfterMs: 2_000 });
    expect(await calls(3)).toEqual(['b', 'b', 'b']);
    expect(asked).toEqual(['a', 'b', 'b', 'b']);
    ends.set('a', 'answer');
    later(2_000);
    expect(await calls(1)).toEqual(['a']);
  });

  it('waits for the end of a short pause where there is no other deployment', async () => {
    const { asked, breakers, ends, route, calls } = setUp('a');
    breakers
      .begin(aDeployment({ id: 'a', provider: 'a' }), OWN_CREDENTIAL)
      .failed(aProviderError({ status: 429, retryAfterMs: 200 }), 429);
    const startedAt = performance.now();
    expect(await route()).toBe('a');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195);
    ends.set('a', { status: 429, retryAfterMs: 30_000 });
    expect(await calls(1)).toEqual(['429']);
    asked.length = 0;
    await expect(route()).rejects.toMatchObject({ status: 429, code: 'upstream_error', retryAfterSeconds: 30 });
    expect(asked).toEqual([]);
  });

  it('asks another deployment at once after a time-out, and retries it where there is none', async () => {
    const timeout = { status: 504, code: 'upstream_timeout' };
    const two = setUp('a', 'b');
    two.ends.set('a', timeout);
    expect(await two.calls(1)).toEqual(['b']);
    expect(two.asked).toEqual(['a', 'b']);
    const one = setUp('a');
    one.ends.set('a', timeout);
    expect(await one.calls(1)).toEqual(['504']);
    expect(one.asked).toEqual(['a', 'a', 'a']);
  });

  it('counts streams that break off as failures', async () => {
    const { route, breakers } = setUp('a');
    for (let stream = 0; stream < 5; stream += 1) {
      let release: ReleaseSlot | undefined;
      await route(async (_deployment, _number, give) => {
        release = give;
        return Promise.resolve('begun');
      });
      release?.(aProviderError());
    }
    expect(breakers.isAvailable(aDeployment({ id: 'a', provider: 'a' }), OWN_CREDENTIAL)).toBe(false);
  });
});
