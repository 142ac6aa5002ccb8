import type { JsonRecord } from '../json-record';
import type { TokenUsage } from '../translator';

/** Usage as chat completions count it; undefined where the vendor's counts are impossible. */
export function completionUsage(usage: TokenUsage | undefined): JsonRecord | undefined {
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens = 0, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cachedInputTokens,
      cache_write_tokens: cacheWriteTokens,
      ...(usage.audioInputTokens !== undefined && { audio_tokens: usage.audioInputTokens }),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      ...(usage.audioOutputTokens !== undefined && { audio_tokens: usage.audioOutputTokens }),
    },
  };
}
