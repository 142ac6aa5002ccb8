import type { Deleted, ImportedPrices, Price, PriceList, Rerated } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** Dollars per million tokens as decimal text (`"8.00"`); omitted rates follow from input and output. */
export interface Rates {
  input_usd_per_mtok: string;
  output_usd_per_mtok: string;
  cached_input_usd_per_mtok?: string;
  cache_write_usd_per_mtok?: string;
  reasoning_usd_per_mtok?: string;
}

/** The team or provider of a price, and the time from which it applies; default: now. */
interface PriceScope {
  provider?: string;
  team_id?: string;
  valid_from?: Date | string;
  note?: string;
}

/** Rates of a model, or a negotiated multiplier for one model or all. */
export type NewPrice = PriceScope &
  (
    | (Rates & { model: string; batch?: Rates; tiers?: (Rates & { above_input_tokens: number })[] })
    | { model?: string; multiplier: string }
  );

/** What to change of a price; of one in force only the note. Rates are replaced as a whole, or by a multiplier. */
export interface PriceChanges extends Partial<Rates> {
  valid_from?: Date | string;
  batch?: Rates;
  tiers?: (Rates & { above_input_tokens: number })[];
  multiplier?: string;
  note?: string | null;
}

export interface PricesQuery {
  model?: string;
  provider?: string;
  team_id?: string;
}

/** A catalogue file with LiteLLM's members, models by name. */
export interface ImportPrices {
  catalogue: Record<string, Record<string, unknown>>;
  valid_from?: Date | string;
  dry_run?: boolean;
}

/** The calls to re-rate; strings are RFC 3339. */
export interface Rerate {
  from: Date | string;
  to: Date | string;
  model?: string;
  team_id?: string;
  provider?: string;
  dry_run?: boolean;
}

/** `/admin/prices`. */
export class Prices {
  constructor(private readonly http: HttpClient) {}

  create(price: NewPrice, options?: CallOptions): Promise<Price> {
    return this.http.json('POST', '/admin/prices', { ...options, body: price });
  }

  /** The configured prices, the latest `valid_from` first. */
  list(query: PricesQuery = {}, options?: CallOptions): Promise<PriceList> {
    return this.http.json('GET', '/admin/prices', { ...options, query: { ...query } });
  }

  /** A price, also a deleted one. */
  retrieve(id: string, options?: CallOptions): Promise<Price> {
    return this.http.json('GET', path`/admin/prices/${id}`, options);
  }

  /** Changes a price that does not apply yet, or the note of any. */
  update(id: string, changes: PriceChanges, options?: CallOptions): Promise<Price> {
    return this.http.json('PATCH', path`/admin/prices/${id}`, { ...options, body: changes });
  }

  /** Deletes a price that does not apply yet. */
  delete(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/prices/${id}`, options);
  }

  /** Imports a catalogue file; adds the prices that differ from the current ones. */
  import(file: ImportPrices, options?: CallOptions): Promise<ImportedPrices> {
    return this.http.json('POST', '/admin/prices/import', { ...options, body: file });
  }

  /** Books the difference between the charged prices of a period and its prices now. */
  rerate(period: Rerate, options?: CallOptions): Promise<Rerated> {
    return this.http.json('POST', '/admin/prices/rerate', { ...options, body: period });
  }
}
