import type {
  CacheInvalidated,
  CacheStats,
  ModelVersion,
  RequestPage,
  RequestRow,
  UsageGroup,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';
import { Alerts, Webhooks } from './alerts';
import { Keys } from './keys';
import { Prices } from './prices';
import { Teams } from './teams';
import { Usage, type UsageQuery } from './usage';

/** Which rows of the ledger. */
export interface RequestsQuery {
  team_id?: string;
  key_id?: string;
  model?: string;
  request_id?: string;
  batch_id?: string;
  from?: Date | string;
  to?: Date | string;
  /** Rows a page, 1 to 1000. */
  limit?: number;
  cursor?: string;
}

export interface AdminUsageQuery extends UsageQuery<UsageGroup> {
  team_id?: string;
}

/** What to take out of the cache: a model, or expressly everything. */
export type InvalidateCache = ({ model: string } | { all: true }) & { dry_run?: boolean };

/** `/admin/requests`: the ledger. */
class Requests {
  constructor(private readonly http: HttpClient) {}

  /** One page, newest first. */
  list(query: RequestsQuery = {}, options?: CallOptions): Promise<RequestPage> {
    return this.http.json('GET', '/admin/requests', { ...options, query: { ...query } });
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

/** `/admin/cache`. */
class Cache {
  constructor(private readonly http: HttpClient) {}

  stats(options?: CallOptions): Promise<CacheStats> {
    return this.http.json('GET', '/admin/cache/stats', options);
  }

  /** Takes answers out of service at once, on every replica. */
  invalidate(what: InvalidateCache, options?: CallOptions): Promise<CacheInvalidated> {
    return this.http.json('POST', '/admin/cache/invalidate', { ...options, body: what });
  }
}

/** `/admin/models`. */
class AdminModels {
  constructor(private readonly http: HttpClient) {}

  /** Declares which version a model is; a change starts a new cache generation. */
  setVersion(model: string, version: string, options?: CallOptions): Promise<ModelVersion> {
    return this.http.json('PUT', path`/admin/models/${model}/version`, { ...options, body: { version } });
  }
}

/** `/admin`: for the administrator's key, and for keys with the role `admin`. */
export class Admin {
  readonly teams: Teams;
  readonly keys: Keys;
  readonly requests: Requests;
  readonly usage: Usage<AdminUsageQuery>;
  readonly cache: Cache;
  readonly models: AdminModels;
  readonly prices: Prices;
  readonly alerts: Alerts;
  readonly webhooks: Webhooks;

  constructor(http: HttpClient) {
    this.teams = new Teams(http);
    this.keys = new Keys(http);
    this.requests = new Requests(http);
    this.usage = new Usage(http, '/admin/usage');
    this.cache = new Cache(http);
    this.models = new AdminModels(http);
    this.prices = new Prices(http);
    this.alerts = new Alerts(http);
    this.webhooks = new Webhooks(http);
  }
}
