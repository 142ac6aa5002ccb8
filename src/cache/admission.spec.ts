import type { AnswerFacts } from '@thriftgate/providers';
import { notCacheableReason } from './admission';

const facts: AnswerFacts = {
  upstreamModel: 'gpt-4.1-2025-04-14',
  systemFingerprint: undefined,
  serviceTier: undefined,
  finishReasons: ['stop'],
  hasToolCalls: false,
  refused: false,
  failed: false,
  empty: false,
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 },
};
const whole = { facts, endedCleanly: true, choices: 1, sameFamily: true, storeToolCalls: false };

describe('the admission of responses to the cache', () => {
  it('admits a complete response', () => expect(notCacheableReason(whole)).toBeUndefined());

  it('stores a response without usage whose parts are all there', () =>
    expect(
      notCacheableReason({ ...whole, usageMayMiss: true, facts: { ...facts, usage: undefined } }),
    ).toBeUndefined());

  it.each([
    ['a truncated stream', { ...whole, endedCleanly: false }, 'cut'],
    ["another model's response", { ...whole, sameFamily: false }, 'other_model'],
    ['no usage', { ...whole, facts: { ...facts, usage: undefined } }, 'usage_missing'],
    ['a refusal', { ...whole, facts: { ...facts, refused: true } }, 'refused'],
    ['tool calls', { ...whole, facts: { ...facts, hasToolCalls: true, finishReasons: ['tool_calls'] } }, 'tool_calls'],
    ['length', { ...whole, facts: { ...facts, finishReasons: ['length'] } }, 'not_stopped'],
    ['content_filter', { ...whole, facts: { ...facts, finishReasons: ['content_filter'] } }, 'not_stopped'],
    [
      'one choice of two without a finish reason',
      { ...whole, facts: { ...facts, finishReasons: ['stop', null] } },
      'not_stopped',
    ],
    ['an error beside the choices', { ...whole, facts: { ...facts, failed: true } }, 'error'],
    ['an empty response', { ...whole, facts: { ...facts, empty: true } }, 'empty'],
    ['fewer choices than the request has', { ...whole, choices: 2 }, 'choice_missing'],
    [
      'the finish reason tool_calls without tool calls',
      { ...whole, storeToolCalls: true, facts: { ...facts, finishReasons: ['tool_calls'] } },
      'not_stopped',
    ],
    ['no choices', { ...whole, facts: { ...facts, finishReasons: [] } }, 'not_stopped'],
  ])('refuses %s', (_, response, reason) => expect(notCacheableReason(response)).toBe(reason));

  it('admits tool calls where the rules of the model store them', () => {
    const calls = { ...facts, hasToolCalls: true, finishReasons: ['tool_calls'] };
    expect(notCacheableReason({ ...whole, facts: calls, storeToolCalls: true })).toBeUndefined();
  });
});
