import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import { readUsage } from '../../usage/read-usage';

/** OpenAI's names of tiers; Gemini's API says `serviceTier`, Vertex `trafficType`. */
const TIERS: Readonly<Record<string, string>> = {
  standard: 'default',
  on_demand: 'default',
  provisioned_throughput: 'scale',
  on_demand_flex: 'flex',
  on_demand_priority: 'priority',
};

/**
 * Gemini's usage in OpenAI's shape; undefined where counts are missing or impossible. Results of the vendor's own tools are a
 * part of the input, thoughts a part of the output.
 *
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function chatUsage(metadata: JsonRecord): JsonRecord | undefined {
  const usage = readUsage(metadata);
  if (usage === undefined) return undefined;
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens, ...audioTokens(metadata.promptTokensDetails) },
    completion_tokens_details: { reasoning_tokens: reasoningTokens, ...audioTokens(metadata.candidatesTokensDetails) },
  };
}

/** The tier in which the vendor served the call, which decides the price. */
export function servedTier({ serviceTier, trafficType }: JsonRecord): string | undefined {
  const tier = (nonEmptyString(serviceTier) ?? nonEmptyString(trafficType))?.toLowerCase();
  return tier === undefined || !Object.hasOwn(TIERS, tier) ? tier : TIERS[tier];
}

function audioTokens(details: unknown): { audio_tokens?: number } {
  const counts = Array.isArray(details) ? details.filter(isRecord) : [];
  const audio = counts.find(({ modality }) => modality === 'AUDIO')?.tokenCount;
  return typeof audio === 'number' ? { audio_tokens: audio } : {};
}
