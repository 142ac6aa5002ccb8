import type { Generated, JSONColumnType } from 'kysely';

export interface PriceTables {
  prices: PricesTable;
}

/** Pico-dollars a token, as decimal text. */
interface Rates {
  inputPusd: string;
  cachedInputPusd: string;
  cacheWritePusd: string;
  longCacheWritePusd?: string;
  outputPusd: string;
  reasoningPusd: string;
  audioInputPusd?: string;
  cachedAudioPusd?: string;
  audioOutputPusd?: string;
}

export interface StoredRates extends Rates {
  tiers: (Rates & { aboveInputTokens: number })[];
  batch: Rates | null;
}

/** Prices that administrators set. A row stays for ever; what is in force later is a later row. */
export interface PricesTable {
  id: string;
  model: string | null;
  provider: string | null;
  team_id: string | null;
  valid_from: Date;
  /** Null where the row is a multiplier. */
  rates: JSONColumnType<StoredRates | null, string | null, string | null>;
  multiplier_millionths: bigint | null;
  source: 'admin' | 'import';
  note: string | null;
  created_by: string;
  created_at: Generated<Date>;
  /** Set where the row was taken back before it was in force. */
  withdrawn_at: Date | null;
}
