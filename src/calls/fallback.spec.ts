import type { ProviderError } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import { AllBusyError } from '../routing/all-busy-error';
import { AttemptFailure } from '../routing/attempt-failure';
import { aProviderError } from '../routing/testing/a-provider-error';
import { attemptsUntil, fallbackCall, fallbacksOf } from './fallback';
import { aCall, aModel, aPreparedCall, budgetExceeded } from './testing/builders';

const failure = (members: Partial<ProviderError> = {}): GatewayError =>
  new AttemptFailure(aProviderError(members)).toGatewayError();
const REFUSED = { status: 400, retryable: false, elsewhere: false };

const fallbacks = { context_too_long: ['long'], content_filter: ['mild'], rate_limit: ['spare'], error: ['other'] };
const routing = { strategy: 'weighted', affinity: true, fallbacks, timeouts: {} } as const;
const prepared = (call = aCall()) => aPreparedCall(call, { model: aModel({ routing }) });

describe('the fallbacks of a model', () => {
  it.each([
    ['a failure', failure(), ['other']],
    ['a time-out', failure({ status: 504, code: 'upstream_timeout' }), ['other']],
    ['a refused credential', failure({ code: 'upstream_auth', retryable: false }), ['other']],
    ['a removed model', failure({ ...REFUSED, status: 404, code: 'model_not_found', elsewhere: true }), ['other']],
    ['an answer that cannot be read', failure({ code: 'upstream_invalid_answer', retryable: false }), ['other']],
    ['a rate limit', failure({ status: 429, code: 'upstream_rate_limited' }), ['spare']],
    ['deployments that are all busy', new AllBusyError('gpt-4.1'), ['spare']],
    ['a prompt that is too long', failure({ ...REFUSED, code: 'context_length_exceeded' }), ['long']],
    ['a content filter', failure({ ...REFUSED, code: 'content_filter' }), ['mild']],
    ['a wrong request', failure({ ...REFUSED, code: 'invalid_type' }), []],
    ['an attempt that was charged', failure({ retryable: false, elsewhere: false }), []],
    ['a budget', budgetExceeded(), []],
    ['a full disk', new GatewayError('unavailable'), []],
    ['only-if-cached', new GatewayError('cache_only_miss'), []],
    ['an unforeseen error', new Error('bug'), []],
  ])('are chosen by the reason: %s', (_, error, expected) => {
    expect(fallbacksOf(prepared(), error)).toEqual(expected);
  });

  it('are none where the model has none, the caller has left, or the call is a fallback itself', () => {
    expect(fallbacksOf(aPreparedCall(), failure())).toEqual([]);
    const aborted = aCall({}, { signal: AbortSignal.abort() });
    expect(fallbacksOf(prepared(aborted), failure())).toEqual([]);
    const second = aCall({}, { fallback: { from: aModel() } });
    expect(fallbacksOf(prepared(second), failure())).toEqual([]);
  });

  it('get the same call with their name, without the limit of the other model', () => {
    const own = aCall({ max_tokens: 7 });
    expect(fallbackCall(prepared(own), 'other', 3)).toMatchObject({
      body: { model: 'other', max_tokens: 7 },
      request: { model: 'other', maxOutputTokens: 7 },
      attemptsBefore: 3,
      fallback: { from: { name: 'gpt-4.1' } },
    });
    const call = aCall();
    const limited = { ...call, defaultMaxTokens: 50, request: { ...call.request, maxOutputTokens: 50 } };
    const fallback = fallbackCall(prepared(limited), 'other', 1);
    expect([fallback.defaultMaxTokens, fallback.request.maxOutputTokens]).toEqual([undefined, undefined]);
  });

  it('number their attempts after those of the model', () => {
    const error = failure();
    error.facts.attempts = 3;
    expect(attemptsUntil(aCall(), error)).toBe(3);
    expect(attemptsUntil(aCall({}, { attemptsBefore: 4 }), error)).toBe(4);
    expect(attemptsUntil(aCall(), new AllBusyError('gpt-4.1'))).toBe(0);
  });
});
