import { isRecord } from '../json-record';
import type { TokenUsage } from '../provider-adapter';

/**
 * Token counts out of a `usage` member, or undefined where they are missing or cannot be true, so that a call is
 * estimated and marked so instead of being billed by nonsense.
 * @see https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage
 * @see https://api-docs.deepseek.com/guides/kv_cache `prompt_cache_hit_tokens`
 */
export function openAiUsage(usage: unknown): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const promptDetails = isRecord(usage.prompt_tokens_details) ? usage.prompt_tokens_details : undefined;
  const completionDetails = isRecord(usage.completion_tokens_details) ? usage.completion_tokens_details : undefined;
  const counts = {
    inputTokens: usage.prompt_tokens,
    cachedInputTokens: promptDetails?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0,
    outputTokens: usage.completion_tokens,
    reasoningTokens: completionDetails?.reasoning_tokens ?? 0,
  };
  if (!areCounts(counts) || counts.cachedInputTokens > counts.inputTokens) return undefined;
  if (counts.reasoningTokens > 0 && leavesReasoningOut(counts, usage.total_tokens)) {
    counts.outputTokens += counts.reasoningTokens;
  }
  counts.reasoningTokens = Math.min(counts.reasoningTokens, counts.outputTokens);
  return counts;
}

function areCounts(counts: Record<keyof TokenUsage, unknown>): counts is TokenUsage {
  return (
    isCount(counts.inputTokens) &&
    isCount(counts.cachedInputTokens) &&
    isCount(counts.outputTokens) &&
    isCount(counts.reasoningTokens)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Some compatible APIs (xAI's) do not count reasoning in `completion_tokens`; then only the total tells. */
function leavesReasoningOut(counts: TokenUsage, totalTokens: unknown): boolean {
  return totalTokens === counts.inputTokens + counts.outputTokens + counts.reasoningTokens;
}
