import { byteLengthOf, type JsonBody, type TokenUsage } from '@thriftgate/providers';
import type { PreparedCall } from '../prepared-call';
import { outputCeiling } from './resolved-call';

/** What a call may write where neither it nor its model says: the bound that a budget holds money for. */
const UNBOUNDED_OUTPUT_TOKENS = 16_384;
/** More than vendors count for one picture, however small its bytes or its URL; 48,169 were seen. */
const TOKENS_PER_ATTACHMENT = 50_000;

/**
 * The most tokens that a call can be charged for: a token is at least one byte of the request, and the answer ends at its
 * limit. Budgets hold this much, so that no call costs more than what was held for it.
 *
 * @param requestBody the JSON text that goes upstream
 */
export function worstUsage(prepared: PreparedCall, requestBody: JsonBody): TokenUsage {
  const { call, model } = prepared;
  const bytes = byteLengthOf(requestBody);
  const { attachments } = call.endpoint.content(call.body);
  return {
    inputTokens: bytes - attachments.bytes + attachments.count * TOKENS_PER_ATTACHMENT,
    cachedInputTokens: 0,
    outputTokens: outputCeiling(prepared, model.maxOutputTokens ?? UNBOUNDED_OUTPUT_TOKENS, Infinity),
    reasoningTokens: 0,
  };
}
