import type { TokenUsage } from '@thriftgate/providers';
import type { PreparedCall } from '../prepared-call';
import { outputCeiling } from './resolved-call';

/** What a call may write where neither it nor its model says: the bound that a budget holds money for. */
const UNBOUNDED_OUTPUT_TOKENS = 16_384;
/** More than any vendor counts for one picture, sound or file that is sent inside the request. */
const TOKENS_PER_ATTACHMENT = 20_000;
/** Shorter requests are counted whole: no attachment in them is worth a second look. */
const LONG_BODY = 65_536;

/**
 * The most tokens that a call can be charged for: a token is at least one byte of the request, and the answer ends at its
 * limit. Budgets hold this much, so that no call costs more than what was held for it.
 *
 * @param requestBody the JSON text that goes upstream
 */
export function worstUsage(prepared: PreparedCall, requestBody: string): TokenUsage {
  const { call, model } = prepared;
  const bytes = Buffer.byteLength(requestBody);
  const attachments =
    requestBody.length > LONG_BODY ? call.endpoint.content(call.body).attachments : { count: 0, bytes: 0 };
  return {
    inputTokens: bytes - attachments.bytes + attachments.count * TOKENS_PER_ATTACHMENT,
    cachedInputTokens: 0,
    outputTokens: outputCeiling(prepared, model.maxOutputTokens ?? UNBOUNDED_OUTPUT_TOKENS, Infinity),
    reasoningTokens: 0,
  };
}
