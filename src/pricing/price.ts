import type { TokenUsage } from '@thriftgate/providers';
import type { PicoUsd } from '../common/money';

/** What one token costs, in pico-dollars. */
export interface TokenPrices {
  inputPusd: PicoUsd;
  /** Input that the vendor found in its own prompt cache. */
  cachedInputPusd: PicoUsd;
  outputPusd: PicoUsd;
}

/** The price of a model, and the other one that some vendors ask for long contexts. */
export interface Price extends TokenPrices {
  /** For the whole call when its input is longer than `aboveInputTokens`. */
  longContext: (TokenPrices & { aboveInputTokens: number }) | undefined;
  /** True where nobody told the price and the ceiling stands in for it. */
  estimated: boolean;
}

/** A call's cost at list price, what was really charged, and in what the difference lies. */
export interface Cost {
  listPusd: PicoUsd;
  costPusd: PicoUsd;
}

/**
 * Tokens × price, exact. List price is what the call would have cost without the vendor's prompt cache; reasoning tokens
 * are output tokens.
 */
export function costOf(usage: TokenUsage, price: Price): Cost {
  const prices =
    price.longContext && usage.inputTokens > price.longContext.aboveInputTokens ? price.longContext : price;
  const output = BigInt(usage.outputTokens) * prices.outputPusd;
  const input = BigInt(usage.inputTokens) * prices.inputPusd;
  const discount = BigInt(usage.cachedInputTokens) * (prices.inputPusd - prices.cachedInputPusd);
  return { listPusd: input + output, costPusd: input + output - discount };
}
