import { isRecord, type JsonRecord } from '../json-record';
import type { TokenUsage } from '../translator';
import { readUsage } from './read-usage';

/** Tiers of Anthropic that OpenAI calls otherwise. */
const TIER_NAMES: Readonly<Record<string, string>> = { standard: 'default' };
/** Where inference in one country costs more. @see https://platform.claude.com/docs/en/about-claude/pricing */
const DEARER_GEO = 'us';
const FAST = 'fast';

/**
 * The counts of a message so far: each event repeats them, and a later one may have what an earlier one lacks.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming#event-types
 */
export function mergedUsage(known: JsonRecord | undefined, later: unknown): JsonRecord | undefined {
  if (!isRecord(later)) return known;
  const set = Object.entries(later).filter(([, value]) => value !== null && value !== undefined);
  return { ...known, ...Object.fromEntries(set) };
}

/** The counts for money. @param usage the vendor's, as {@link mergedUsage} gives it */
export function billedUsage(usage: JsonRecord | undefined): TokenUsage | undefined {
  // Usage without cache counts is Anthropic's too.
  return usage && readUsage({ cache_read_input_tokens: 0, ...usage });
}

/**
 * The tier that the price depends on: the vendor's, `fast` for its faster speed, `us` or `fast-us` where only the United
 * States may serve the call.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/fast-mode
 */
export function billedTier(usage: JsonRecord | undefined): string | undefined {
  const { service_tier: tier, speed, inference_geo: geo } = usage ?? {};
  const isFast = speed === FAST;
  if (geo === DEARER_GEO) return isFast ? `${FAST}-${DEARER_GEO}` : DEARER_GEO;
  if (isFast) return FAST;
  return typeof tier === 'string' ? (TIER_NAMES[tier] ?? tier) : undefined;
}
