import type * as contracts from '@thriftgate/contracts';
import { formatUsd, formatUsdPerMillionTokens, type PicoUsd } from '../common/money';
import type { Price, TokenPrices } from './price';

/** {@link formatUsd} writes a number of 10⁻¹², of whatever it counts, as a decimal. */
const PICO_PER_MILLIONTH = 1_000_000n;

/** A price that an administrator or an import set, in force from a time until a later price replaces it. */
export interface PriceRow {
  id: string;
  /** Public or upstream name; null for a multiplier of all models. */
  model: string | null;
  provider: string | null;
  teamId: string | null;
  validFromMs: number;
  price: Price;
  /** Multiplier of the price without this row, in millionths; null if the row has rates. */
  multiplierMillionths: bigint | null;
  source: 'admin' | 'import';
  note: string | null;
  createdBy: string;
  createdAt: Date;
}

export type NewPrice = Omit<PriceRow, 'id' | 'createdAt'>;

/** What can be changed of a price; of one in force only the note. */
export type PriceChanges = Partial<Pick<PriceRow, 'validFromMs' | 'price' | 'multiplierMillionths' | 'note'>>;

/** A price as `/admin` shows it. */
export function toWire(row: PriceRow): contracts.Price {
  const { price, multiplierMillionths } = row;
  return {
    id: row.id,
    model: row.model,
    provider: row.provider,
    team_id: row.teamId,
    valid_from: new Date(row.validFromMs).toISOString(),
    multiplier: multiplierMillionths === null ? null : formatUsd(multiplierMillionths * PICO_PER_MILLIONTH),
    rates:
      multiplierMillionths === null
        ? {
            ...ratesOf(price),
            batch: price.batch ? ratesOf(price.batch) : null,
            tiers: price.tiers.map((tier) => ({ above_input_tokens: tier.aboveInputTokens, ...ratesOf(tier) })),
          }
        : null,
    source: row.source,
    note: row.note,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
  };
}

function ratesOf(prices: TokenPrices) {
  return {
    input_usd_per_mtok: formatUsdPerMillionTokens(prices.inputPusd),
    cached_input_usd_per_mtok: formatUsdPerMillionTokens(prices.cachedInputPusd),
    cache_write_usd_per_mtok: formatUsdPerMillionTokens(prices.cacheWritePusd),
    long_cache_write_usd_per_mtok: formatUsdPerMillionTokens(prices.longCacheWritePusd ?? prices.cacheWritePusd),
    output_usd_per_mtok: formatUsdPerMillionTokens(prices.outputPusd),
    reasoning_usd_per_mtok: formatUsdPerMillionTokens(prices.reasoningPusd),
    audio_input_usd_per_mtok: rareRate(prices.audioInputPusd),
    cached_audio_usd_per_mtok: rareRate(prices.cachedAudioPusd),
    audio_output_usd_per_mtok: rareRate(prices.audioOutputPusd),
  };
}

/** Undefined, which JSON leaves out, where the price has no such rate. */
function rareRate(pusd: PicoUsd | undefined): string | undefined {
  return pusd === undefined ? undefined : formatUsdPerMillionTokens(pusd);
}
