import type { ChatBody, TokenUsage } from '@thriftgate/providers';
import { outputCeiling } from './resolved-call';

/** What a call may write where neither it nor its model says: the bound that a budget holds money for. */
const UNBOUNDED_OUTPUT_TOKENS = 16_384;
/** More than any vendor counts for one picture, sound or file that is sent inside the request. */
const TOKENS_PER_ATTACHMENT = 20_000;
const ATTACHMENT = /"data:[^"]*"/g;
const LONG_BODY = 65_536;

/**
 * The most tokens that a call can be charged for: a token is at least one byte of the request, and the answer ends at its
 * limit. Budgets hold this much, so that no call costs more than what was held for it.
 *
 * @param requestBody the JSON text that goes upstream
 */
export function worstUsage(body: ChatBody, requestBody: string, maxOutputTokens: number | undefined): TokenUsage {
  const text = requestBody.length > LONG_BODY ? requestBody.replace(ATTACHMENT, '') : requestBody;
  const attachments = text === requestBody ? 0 : (requestBody.match(ATTACHMENT)?.length ?? 0);
  return {
    inputTokens: Buffer.byteLength(text) + attachments * TOKENS_PER_ATTACHMENT,
    cachedInputTokens: 0,
    outputTokens: outputCeiling(body, maxOutputTokens ?? UNBOUNDED_OUTPUT_TOKENS, Infinity),
    reasoningTokens: 0,
  };
}
