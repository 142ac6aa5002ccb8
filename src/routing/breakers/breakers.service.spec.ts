import { Logger } from '@nestjs/common';
import type { Deployment } from '../../models/model';
import { OWN_CREDENTIAL as OWN } from '../../providers/provider';
import { aCredential } from '../../providers/testing/a-provider';
import { aProviderError } from '../testing/a-provider-error';
import { FakeBreakerChannel, FakeRevivals } from '../testing/local-router';
import { Breakers } from './breakers.service';

const deployment = (id: string, provider = 'openai') => ({ id: `${provider}/${id}`, provider }) as Deployment;
const [A, B, OTHER] = [deployment('a'), deployment('b'), deployment('a', 'azure')];
const REFUSED = aProviderError({ code: 'upstream_auth', retryable: false });

describe('the breakers of deployments', () => {
  let breakers: Breakers;
  let channel: FakeBreakerChannel;
  let revivals: FakeRevivals;
  let nowMs = 0;
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    Logger.overrideLogger(false);
    channel = new FakeBreakerChannel();
    revivals = new FakeRevivals();
    breakers = new Breakers(channel.asService(), revivals.asRegistry());
    breakers.onModuleInit();
  });
  afterEach(() => jest.restoreAllMocks());

  const fail = (of: Deployment, failure = aProviderError(), upstreamStatus?: number, key = OWN) =>
    breakers.begin(of, key).failed(failure, upstreamStatus);
  const answer = (of: Deployment) => {
    const attempt = breakers.begin(of, OWN);
    attempt.answered();
    attempt.completed(false);
  };
  const available = () => [A, B, OTHER].map((each) => breakers.isAvailable(each, OWN));

  it('a deployment that fails gets no calls; others of its provider do', () => {
    for (let time = 0; time < 5; time += 1) fail(A);
    expect(available()).toEqual([false, true, true]);
    expect(breakers.openingOf(A, OWN)).toMatchObject({ reason: 'failing' });
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

  describe('of a provider with several keys', () => {
    const [first, second] = [aCredential('key_1'), aCredential('key_2')];
    const ways = () => [first, second].map((key) => breakers.isAvailable(A, key));

    it.each([
      ['429 with Retry-After', aProviderError({ status: 429, retryAfterMs: 30_000 }), 429],
      ['403', REFUSED, 403],
      ['404 of a model', aProviderError({ status: 404, retryable: false }), 404],
    ])('sets the deployment aside for that key alone: %s', (_, failure, status) => {
      fail(A, failure, status, first);
      expect(ways()).toEqual([false, true]);
      expect([first, second].map((key) => breakers.isAvailable(B, key))).toEqual([true, true]);
      expect(breakers.earliestOpening(A, [first, second])).toBeUndefined();
      expect(breakers.earliestOpening(A, [first])).toBeDefined();
    });

    it('sets a refused key aside for all deployments, and no other key', () => {
      fail(B, REFUSED, 401, first);
      expect(ways()).toEqual([false, true]);
    });

    it('a server that fails gets no calls with any key', () => {
      for (let time = 0; time < 5; time += 1) fail(A, aProviderError(), 503, time % 2 === 0 ? first : second);
      expect(ways()).toEqual([false, false]);
    });

    it('are closed where the provider is switched on again', () => {
      fail(A, REFUSED, 401, first);
      for (let time = 0; time < 5; time += 1) fail(B);
      fail(OTHER, REFUSED, 401);
      revivals.revive('openai');
      expect([...ways(), breakers.isAvailable(B, OWN)]).toEqual([true, true, true]);
      expect(breakers.isAvailable(OTHER, OWN)).toBe(false);
    });
  });

  it('an upstream that refuses a request is there', () => {
    const refused = aProviderError({ status: 400, retryable: false, elsewhere: false });
    for (let time = 0; time < 4; time += 1) fail(A);
    fail(A, refused, 400);
    for (let time = 0; time < 4; time += 1) fail(A);
    expect(breakers.isAvailable(A, OWN)).toBe(true);
    fail(A);
    nowMs += 10_000;
    fail(A, refused, 400);
    expect(breakers.openingOf(A, OWN)).toBeUndefined();
  });

  it('a probe that ends without a verdict leaves the place to the next one', () => {
    for (let time = 0; time < 5; time += 1) fail(A);
    nowMs += 10_000;
    const probe = breakers.begin(A, OWN);
    expect(breakers.isAvailable(A, OWN)).toBe(false);
    probe.ended();
    expect(breakers.isAvailable(A, OWN)).toBe(true);
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
