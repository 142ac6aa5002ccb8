import type * as contracts from '@thriftgate/contracts';
import { formatUsd, type PicoUsd } from '../common/money';
import type { Price, TokenPrices } from './price';

const TOKENS_PER_MTOK = 1_000_000n;

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

/** A price as `/admin` shows it. */
export function toWire(row: PriceRow): contracts.Price {
  const { price, multiplierMillionths } = row;
  return {
    id: row.id,
    model: row.model,
    provider: row.provider,
    team_id: row.teamId,
    valid_from: new Date(row.validFromMs).toISOString(),
    multiplier: multiplierMillionths === null ? null : formatUsd(multiplierMillionths * TOKENS_PER_MTOK),
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
    input_usd_per_mtok: formatUsd(prices.inputPusd * TOKENS_PER_MTOK),
    cached_input_usd_per_mtok: formatUsd(prices.cachedInputPusd * TOKENS_PER_MTOK),
    cache_write_usd_per_mtok: formatUsd(prices.cacheWritePusd * TOKENS_PER_MTOK),
    long_cache_write_usd_per_mtok: formatUsd((prices.longCacheWritePusd ?? prices.cacheWritePusd) * TOKENS_PER_MTOK),
    output_usd_per_mtok: formatUsd(prices.outputPusd * TOKENS_PER_MTOK),
    reasoning_usd_per_mtok: formatUsd(prices.reasoningPusd * TOKENS_PER_MTOK),
    audio_input_usd_per_mtok: rareRate(prices.audioInputPusd),
    cached_audio_usd_per_mtok: rareRate(prices.cachedAudioPusd),
    audio_output_usd_per_mtok: rareRate(prices.audioOutputPusd),
  };
}

/** Undefined, which JSON leaves out, where the price has no such rate. */
function rareRate(pusd: PicoUsd | undefined): string | undefined {
  return pusd === undefined ? undefined : formatUsd(pusd * TOKENS_PER_MTOK);
}
