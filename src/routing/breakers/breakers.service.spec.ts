import { Logger } from '@nestjs/common';
import type { Deployment } from '../../models/model';
import { aProviderError } from '../testing/a-provider-error';
import { FakeBreakerChannel } from '../testing/local-router';
import { Breakers } from './breakers.service';

const deployment = (id: string, provider = 'openai') => ({ id: `${provider}/${id}`, provider }) as Deployment;
const [A, B, OTHER] = [deployment('a'), deployment('b'), deployment('a', 'azure')];
const REFUSED = aProviderError({ code: 'upstream_auth', retryable: false });

describe('the breakers of deployments', () => {
  let breakers: Breakers;
  let channel: FakeBreakerChannel;
  let nowMs = 0;
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    Logger.overrideLogger(false);
    channel = new FakeBreakerChannel();
    breakers = new Breakers(channel.asService());
    breakers.onModuleInit();
  });
  afterEach(() => jest.restoreAllMocks());

  const fail = (of: Deployment, failure = aProviderError(), upstreamStatus?: number) =>
    breakers.begin(of).failed(failure, upstreamStatus);
  const answer = (of: Deployment) => {
    const attempt = breakers.begin(of);
    attempt.answered();
    attempt.completed(false);
  };
  const available = () => [A, B, OTHER].map((each) => breakers.isAvailable(each));

  it('a deployment that fails gets no calls; others of its provider do', () => {
    for (let time = 0; time < 5; time += 1) fail(A);
    expect(available()).toEqual([false, true, true]);
    expect(breakers.openingOf(A)).toMatchObject({ reason: 'failing' });
    nowMs += 10_000;
    answer(A);
    expect(available()).toEqual([true, true, true]);
  });

  it('a refused credential sets all deployments of its provider aside, until one answers', () => {
    fail(A, REFUSED, 401);
    expect(available()).toEqual([false, false, true]);
    answer(B);
    expect(available()).toEqual([true, true, true]);
  });

  it.each([
    ['403', REFUSED, 403],
    ['404 of a model', aProviderError({ status: 404, retryable: false }), 404],
    ['410', aProviderError({ status: 410, retryable: false }), 410],
    ['429 with Retry-After', aProviderError({ status: 429, retryAfterMs: 30_000 }), 429],
  ])('sets the deployment alone aside at once: %s', (_, failure, status) => {
    fail(A, failure, status);
    expect(available()).toEqual([false, true, true]);
  });

  it('an upstream that refuses a request is there', () => {
    const refused = aProviderError({ status: 400, retryable: false, elsewhere: false });
    for (let time = 0; time < 4; time += 1) fail(A);
    fail(A, refused, 400);
    for (let time = 0; time < 4; time += 1) fail(A);
    expect(breakers.isAvailable(A)).toBe(true);
    fail(A);
    nowMs += 10_000;
    fail(A, refused, 400);
    expect(breakers.openingOf(A)).toBeUndefined();
  });

  it('a probe that ends without a verdict leaves the place to the next one', () => {
    for (let time = 0; time < 5; time += 1) fail(A);
    nowMs += 10_000;
    const probe = breakers.begin(A);
    expect(breakers.isAvailable(A)).toBe(false);
    probe.ended();
    expect(breakers.isAvailable(A)).toBe(true);
  });

  it('tells other replicas what opens and closes, and follows them', () => {
    fail(A, aProviderError({ status: 429, retryAfterMs: 30_000 }), 429);
    nowMs += 30_000;
    answer(A);
    expect(channel.sent).toEqual([
      { breaker: 'deployment openai/a', reason: 'rate_limit', forMs: 30_000 },
      { breaker: 'deployment openai/a', reason: 'failing', forMs: 0 },
    ]);
    channel.receive({ breaker: 'deployment azure/a', reason: 'failing', forMs: 4_000 });
    expect(available()).toEqual([true, true, false]);
    channel.receive({ breaker: 'deployment azure/a', reason: 'failing', forMs: 0 });
    channel.receive({ breaker: 'provider openai', reason: 'credential', forMs: 60_000 });
    expect(available()).toEqual([false, false, true]);
  });
});
