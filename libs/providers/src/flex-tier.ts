/**
 * A tier that answers live requests at a lower price while the vendor has room for them. It refuses others with 429 or 503,
 * which costs nothing. Which models have it, and at which price, the catalogue says.
 */
export interface FlexTier {
  /** The vendor's page about it. */
  readonly see: string;
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** The value of `service_tier` that asks for it, and the tier's name in prices. */
export const FLEX = 'flex';

const QUARTER_HOUR_MS = 15 * 60_000;

/** Vendors with such a tier, by their names. Groq's costs the full price, Fireworks' has another name and no listed prices. */
export const FLEX_TIERS: Readonly<Record<string, FlexTier>> = {
  openai: { see: 'https://developers.openai.com/api/docs/guides/flex-processing', timeoutMs: QUARTER_HOUR_MS },
  azure: {
    see: 'https://learn.microsoft.com/azure/foundry/openai/how-to/flex-processing',
    timeoutMs: QUARTER_HOUR_MS,
  },
  gemini: { see: 'https://ai.google.dev/gemini-api/docs/flex-inference', timeoutMs: QUARTER_HOUR_MS },
};
