import type { TokenUsage } from '@thriftgate/providers';
import type { PicoUsd } from '../common/money';

/** What one token costs, in pico-dollars. */
export interface TokenPrices {
  inputPusd: PicoUsd;
  /** Input that the vendor found in its own prompt cache. */
  cachedInputPusd: PicoUsd;
  /** Input that the vendor wrote into its own prompt cache. */
  cacheWritePusd: PicoUsd;
  outputPusd: PicoUsd;
  /** Reasoning output, which the caller does not see; mostly the price of output. */
  reasoningPusd: PicoUsd;
}

/** What some vendors ask for long contexts, for the whole call. */
export interface PriceTier extends TokenPrices {
  /** Where the input is longer than this. */
  aboveInputTokens: number;
}

/** The price of a model. */
export interface Price extends TokenPrices {
  /** The row of `prices` that it comes from; null for the catalogue and gateway.yaml. */
  id: string | null;
  /** The longest context first. */
  tiers: readonly PriceTier[];
  /** What the vendor's batch API charges; undefined where that is not known. */
  batch: TokenPrices | undefined;
  /** True where the price is not known and the ceiling stands in for it. */
  estimated: boolean;
}

/** What the simulator costs. */
export const FREE: Price = {
  inputPusd: 0n,
  cachedInputPusd: 0n,
  cacheWritePusd: 0n,
  outputPusd: 0n,
  reasoningPusd: 0n,
  id: null,
  tiers: [],
  batch: undefined,
  estimated: false,
};

/** A call's cost at list price, and what was really charged. */
export interface Cost {
  listPusd: PicoUsd;
  costPusd: PicoUsd;
}

/**
 * Tokens × price, exact. List price is what the call would have cost without the vendor's prompt cache giving anything back.
 * Cached input and cache writes are parts of the input, reasoning is one of the output.
 */
export function costOf(usage: TokenUsage, price: Price): Cost {
  const prices = price.tiers.length === 0 ? price : tierOf(usage.inputTokens, price);
  let listPusd = BigInt(usage.inputTokens) * prices.inputPusd + BigInt(usage.outputTokens) * prices.outputPusd;
  if (usage.reasoningTokens > 0 && prices.reasoningPusd !== prices.outputPusd) {
    listPusd += BigInt(usage.reasoningTokens) * (prices.reasoningPusd - prices.outputPusd);
  }
  if (usage.cacheWriteTokens) listPusd += BigInt(usage.cacheWriteTokens) * (prices.cacheWritePusd - prices.inputPusd);
  const costPusd = listPusd - BigInt(usage.cachedInputTokens) * (prices.inputPusd - prices.cachedInputPusd);
  // Where cached input is the dearer one, there is no better price to list.
  return { listPusd: costPusd > listPusd ? costPusd : listPusd, costPusd };
}

/** The most that so many tokens can cost, whatever kinds they turn out to be and whichever tier they come into. */
export function worstCostOf(inputTokens: number, outputTokens: number, price: Price): PicoUsd {
  let inputPusd = 0n;
  let outputPusd = 0n;
  for (const prices of [price, ...price.tiers]) {
    inputPusd = greatest(inputPusd, prices.inputPusd, prices.cachedInputPusd, prices.cacheWritePusd);
    outputPusd = greatest(outputPusd, prices.outputPusd, prices.reasoningPusd);
  }
  return BigInt(inputTokens) * inputPusd + BigInt(outputTokens) * outputPusd;
}

function greatest(...values: PicoUsd[]): PicoUsd {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}

function tierOf(inputTokens: number, price: Price): TokenPrices {
  for (const tier of price.tiers) if (inputTokens > tier.aboveInputTokens) return tier;
  return price;
}

const MILLION = 1_000_000n;

/** A price with every rate times `millionths` / 1,000,000, rounded half up to whole pico-dollars a token. */
export function multiplied(price: Price, millionths: bigint, id: string | null): Price {
  const times = (pusd: PicoUsd) => (pusd * millionths + MILLION / 2n) / MILLION;
  const rates = (prices: TokenPrices): TokenPrices => ({
    inputPusd: times(prices.inputPusd),
    cachedInputPusd: times(prices.cachedInputPusd),
    cacheWritePusd: times(prices.cacheWritePusd),
    outputPusd: times(prices.outputPusd),
    reasoningPusd: times(prices.reasoningPusd),
  });
  return {
    ...rates(price),
    id,
    tiers: price.tiers.map((tier) => ({ ...rates(tier), aboveInputTokens: tier.aboveInputTokens })),
    batch: price.batch && rates(price.batch),
    estimated: price.estimated,
  };
}
