import type { RequestDetails, RequestPage, RequestRow, RequestSort } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** Filters of ledger rows. */
export interface RequestsQuery {
  team_id?: string;
  key_id?: string;
  model?: string;
  /** An id, or the beginning of ids and an asterisk. */
  request_id?: string;
  batch_id?: string;
  /** Statuses and classes of them, as `429,5xx`. */
  status?: number | string | readonly string[];
  state?: string | readonly string[];
  error_code?: string | readonly string[];
  provider?: string | readonly string[];
  cache_status?: string | readonly string[];
  /** One tag. */
  tag?: string;
  /** Decimal dollars. */
  min_cost_usd?: string;
  min_latency_ms?: number;
  saved_by?: string | readonly string[];
  stream?: boolean;
  from?: Date | string;
  to?: Date | string;
  /** Default: `-created_at`, newest first. */
  sort?: RequestSort;
  /** Rows per page, 1 to 1000. */
  limit?: number;
  cursor?: string;
}

/** `/admin/requests`: the ledger. */
export class Requests {
  constructor(private readonly http: HttpClient) {}

  /** One page. It may have fewer rows than `limit` although there is a `next_cursor`. */
  list(query: RequestsQuery = {}, options?: CallOptions): Promise<RequestPage> {
    return this.http.json('GET', '/admin/requests', { ...options, query: { ...query } });
  }

  /** One call with all its attempts. */
  retrieve(requestId: string, options?: CallOptions): Promise<RequestDetails> {
    return this.http.json('GET', path`/admin/requests/${requestId}`, options);
  }

  /** All rows of the filters as a table, piece by piece. */
  async *csv(query: RequestsQuery = {}, options?: CallOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const call = { ...options, query: { ...query, format: 'csv' } };
    const { body } = await this.http.send('GET', '/admin/requests', call);
    if (body) yield* body;
  }

  /** Every row, page after page. */
  async *all(query: RequestsQuery = {}, options?: CallOptions): AsyncGenerator<RequestRow, void, undefined> {
    let cursor: string | undefined | null = query.cursor;
    do {
      const page: RequestPage = await this.list({ ...query, cursor }, options);
      yield* page.data;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
}
