import type { TokenUsage } from '@thriftgate/providers';
import { storableCount, storableText } from './journal/storable';

/** What the price of an attempt depends on besides the columns of its tokens; members that say nothing are left out. */
export interface RatedFacts {
  service_tier?: string;
  long_cache_write_tokens?: number;
  audio_input_tokens?: number;
  cached_audio_tokens?: number;
  audio_output_tokens?: number;
  /** What other models did for the call. */
  other_models?: { model: string; usage: TokenUsage }[];
  /** Whether the cost is the worst one, because the usage was not seen to its end. */
  at_worst?: boolean;
  /** Whether a row of an earlier version lacks these facts. */
  unknown?: boolean;
}

/** @param atWorst whether the worst cost was charged @returns undefined where the columns say it all */
export function ratedFacts(usage: TokenUsage, atWorst: boolean): RatedFacts | undefined {
  const { serviceTier, otherModels } = usage;
  const facts: RatedFacts = {
    ...(serviceTier !== undefined && { service_tier: storableText(serviceTier) }),
    ...counted('long_cache_write_tokens', usage.longCacheWriteTokens),
    ...counted('audio_input_tokens', usage.audioInputTokens),
    ...counted('cached_audio_tokens', usage.cachedAudioTokens),
    ...counted('audio_output_tokens', usage.audioOutputTokens),
    ...(otherModels && {
      other_models: otherModels.map(({ model, usage: other }) => ({ model: storableText(model), usage: other })),
    }),
    ...(atWorst && { at_worst: true }),
  };
  return Object.keys(facts).length > 0 ? facts : undefined;
}

function counted(name: keyof RatedFacts, count: number | undefined): RatedFacts {
  return count === undefined ? {} : { [name]: storableCount(count) };
}

/** The usage of a row, as it was when the attempt was rated. */
export function usageOfRow(row: RatedColumns): TokenUsage {
  const { rated } = row;
  const usage: TokenUsage = {
    inputTokens: row.input_tokens,
    cachedInputTokens: row.cached_input_tokens,
    cacheWriteTokens: row.cache_write_tokens ?? 0,
    outputTokens: row.output_tokens,
    reasoningTokens: row.reasoning_tokens,
  };
  if (!rated) return usage;
  return {
    ...usage,
    ...(rated.long_cache_write_tokens !== undefined && { longCacheWriteTokens: rated.long_cache_write_tokens }),
    ...(rated.audio_input_tokens !== undefined && { audioInputTokens: rated.audio_input_tokens }),
    ...(rated.cached_audio_tokens !== undefined && { cachedAudioTokens: rated.cached_audio_tokens }),
    ...(rated.audio_output_tokens !== undefined && { audioOutputTokens: rated.audio_output_tokens }),
    ...(rated.service_tier !== undefined && { serviceTier: rated.service_tier }),
    ...(rated.other_models && { otherModels: rated.other_models }),
  };
}

export interface RatedColumns {
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_tokens: number | null;
  output_tokens: number;
  reasoning_tokens: number;
  rated: RatedFacts | null;
}
