import type { TokenUsage } from '@thriftgate/providers';
import type { PicoUsd } from '../common/money';

/** Prices of one token, in pico-dollars. */
export interface TokenPrices {
  inputPusd: PicoUsd;
  /** Input that the vendor reads from its own prompt cache. */
  cachedInputPusd: PicoUsd;
  /** Input that the vendor writes into its own prompt cache. */
  cacheWritePusd: PicoUsd;
  /** Input that the vendor keeps in its prompt cache for an hour or longer; undefined: as `cacheWritePusd`. */
  longCacheWritePusd?: PicoUsd | undefined;
  outputPusd: PicoUsd;
  /** Reasoning, which the caller does not see; mostly equal to `outputPusd`. */
  reasoningPusd: PicoUsd;
  /** Sound in the input; undefined: as `inputPusd`. */
  audioInputPusd?: PicoUsd | undefined;
  /** Sound that the vendor reads from its own prompt cache; undefined: as `audioInputPusd`. */
  cachedAudioPusd?: PicoUsd | undefined;
  /** Sound in the output; undefined: as `outputPusd`. */
  audioOutputPusd?: PicoUsd | undefined;
}

/** The rates that every price has, and those that few have. */
export const RATES = ['inputPusd', 'cachedInputPusd', 'cacheWritePusd', 'outputPusd', 'reasoningPusd'] as const;
export const RARE_RATES = ['longCacheWritePusd', 'audioInputPusd', 'cachedAudioPusd', 'audioOutputPusd'] as const;

/** Rates with each of them changed. */
export function mapRates(prices: TokenPrices, change: (pusd: PicoUsd) => PicoUsd): TokenPrices {
  const rates: TokenPrices = { ...prices };
  for (const rate of RATES) rates[rate] = change(prices[rate]);
  for (const rate of RARE_RATES) {
    const pusd = prices[rate];
    if (pusd !== undefined) rates[rate] = change(pusd);
  }
  return rates;
}

/** The prices of some vendors for long contexts; they apply to the whole call. */
export interface PriceTier extends TokenPrices {
  /** Applies when the input is longer. */
  aboveInputTokens: number;
}

/** The prices of a way to serve a model, by the length of the prompt. */
export interface RateCard extends TokenPrices {
  /** The longest context first. */
  tiers: readonly PriceTier[];
}

/** A time of the day on some days of the week, or on some dates, in UTC. */
export interface OffPeakWindow {
  /** Minutes of the day. */
  fromMinute: number;
  /** Exclusive; 1440 is the end of the day, and more is in the next one. */
  toMinute: number;
  /** 1 is Monday, 7 is Sunday. */
  weekdays: readonly number[];
  /** As `2026-10-01`, besides the weekdays. */
  dates?: ReadonlySet<string> | undefined;
}

/** The prices of a vendor at its quiet hours. @see https://api-docs.deepseek.com/quick_start/pricing */
export interface OffPeak {
  windows: readonly OffPeakWindow[];
  rates: RateCard;
}

/** The price of a model. */
export interface Price extends RateCard {
  /** The row of `prices`; null for the built-in catalogue and gateway.yaml. */
  id: string | null;
  /** The vendor's batch prices; undefined if unknown. */
  batch: TokenPrices | undefined;
  /** By the vendor's service tier, as `flex`; undefined if none is known. */
  serviceTiers?: Readonly<Record<string, RateCard>> | undefined;
  /** For vendors that charge by the clock; undefined for all others. */
  offPeak?: OffPeak | undefined;
  /** True if the price is unknown and the highest prices of the catalogue are used. */
  estimated: boolean;
}

/** What has a price: a deployment under its public name. */
export interface Priced {
  publicName: string;
  upstreamModel: string;
  provider: string;
}

/** The price of the simulator. */
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

/** List cost and cost. */
export interface Cost {
  listPusd: PicoUsd;
  costPusd: PicoUsd;
}

/**
 * Tokens × price, exact. The list cost is the cost without the discount of the vendor's prompt cache. Cached input and cache
 * writes are parts of the input; reasoning is a part of the output.
 */
export function costOf(usage: TokenUsage, price: Price): Cost {
  const prices = price.tiers.length === 0 ? price : tierOf(usage.inputTokens, price);
  let listPusd = BigInt(usage.inputTokens) * prices.inputPusd + BigInt(usage.outputTokens) * prices.outputPusd;
  if (usage.reasoningTokens > 0 && prices.reasoningPusd !== prices.outputPusd) {
    listPusd += BigInt(usage.reasoningTokens) * (prices.reasoningPusd - prices.outputPusd);
  }
  if (usage.cacheWriteTokens) listPusd += BigInt(usage.cacheWriteTokens) * (prices.cacheWritePusd - prices.inputPusd);
  if (usage.longCacheWriteTokens && prices.longCacheWritePusd !== undefined)
    listPusd += BigInt(usage.longCacheWriteTokens) * (prices.longCacheWritePusd - prices.cacheWritePusd);
  if (usage.audioInputTokens !== undefined || usage.audioOutputTokens !== undefined)
    listPusd += audioSurcharge(usage, prices);
  const costPusd = listPusd - cacheDiscount(usage, prices);
  // If cached input costs more than input, the list cost is the cost.
  return { listPusd: costPusd > listPusd ? costPusd : listPusd, costPusd };
}

/** What sound costs beside the price of text. */
function audioSurcharge({ audioInputTokens = 0, audioOutputTokens = 0 }: TokenUsage, prices: TokenPrices): PicoUsd {
  const { inputPusd, outputPusd, audioInputPusd = inputPusd, audioOutputPusd = outputPusd } = prices;
  return (
    BigInt(audioInputTokens) * (audioInputPusd - inputPusd) + BigInt(audioOutputTokens) * (audioOutputPusd - outputPusd)
  );
}

function cacheDiscount({ cachedInputTokens, cachedAudioTokens = 0 }: TokenUsage, prices: TokenPrices): PicoUsd {
  const { inputPusd, cachedInputPusd, audioInputPusd } = prices;
  // Without a price of its own, cached sound is like any cached input.
  if (cachedAudioTokens === 0 || audioInputPusd === undefined)
    return BigInt(cachedInputTokens) * (inputPusd - cachedInputPusd);
  const { cachedAudioPusd = audioInputPusd } = prices;
  const ofText = BigInt(cachedInputTokens - cachedAudioTokens) * (inputPusd - cachedInputPusd);
  return ofText + BigInt(cachedAudioTokens) * (audioInputPusd - cachedAudioPusd);
}

/**
 * The cost of a call: of its own tokens, and of what other models did for it.
 *
 * @param priceOf the price of another model, by the vendor's name
 */
export function costOfCall(
  usage: TokenUsage,
  price: Price,
  priceOf: (model: string) => Price,
): Cost & { estimated: boolean } {
  let { listPusd, costPusd } = costOf(usage, price);
  let { estimated } = price;
  for (const { model, usage: counts } of usage.otherModels ?? []) {
    const otherPrice = priceOf(model);
    const other = costOf(counts, otherPrice);
    listPusd += other.listPusd;
    costPusd += other.costPusd;
    estimated ||= otherPrice.estimated;
  }
  return { listPusd, costPusd, estimated };
}

/**
 * The highest possible cost of so many tokens, of any kind and in any tier.
 *
 * @param maySound whether the input may have sound, at a price of its own
 */
export function worstCostOf(inputTokens: number, outputTokens: number, price: Price, maySound = true): PicoUsd {
  let inputPusd = 0n;
  let outputPusd = 0n;
  for (const prices of [price, ...price.tiers]) {
    const { cachedInputPusd: cached, cacheWritePusd: write, longCacheWritePusd: long = write } = prices;
    const { audioInputPusd = 0n, cachedAudioPusd = 0n, audioOutputPusd = 0n } = prices;
    inputPusd = greatest(inputPusd, prices.inputPusd, cached, write, long);
    if (maySound) inputPusd = greatest(inputPusd, audioInputPusd, cachedAudioPusd);
    outputPusd = greatest(outputPusd, prices.outputPusd, prices.reasoningPusd, audioOutputPusd);
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

/** The price with every rate times `millionths` / 1,000,000, rounded half up to whole pico-dollars a token. */
export function multiplied(price: Price, millionths: bigint, id: string | null): Price {
  const times = (pusd: PicoUsd) => (pusd * millionths + MILLION / 2n) / MILLION;
  const rates = (prices: TokenPrices): TokenPrices => mapRates(ratesIn(prices), times);
  const card = (prices: RateCard): RateCard => ({
    ...rates(prices),
    tiers: prices.tiers.map((tier) => ({ ...rates(tier), aboveInputTokens: tier.aboveInputTokens })),
  });
  const { serviceTiers, offPeak } = price;
  return {
    ...card(price),
    id,
    serviceTiers:
      serviceTiers && Object.fromEntries(Object.entries(serviceTiers).map(([tier, each]) => [tier, card(each)])),
    offPeak: offPeak && { ...offPeak, rates: card(offPeak.rates) },
    batch: price.batch && rates(price.batch),
    estimated: price.estimated,
  };
}

/** The rates of a price, without what else it has. */
function ratesIn(prices: TokenPrices): TokenPrices {
  const { inputPusd, cachedInputPusd, cacheWritePusd, outputPusd, reasoningPusd } = prices;
  const rates: TokenPrices = { inputPusd, cachedInputPusd, cacheWritePusd, outputPusd, reasoningPusd };
  for (const rate of RARE_RATES) if (prices[rate] !== undefined) rates[rate] = prices[rate];
  return rates;
}
