import type { RequestPage, RequestRow, RequestSort, UsageGroup } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { AdminModels } from './admin-models';
import { Alerts, Webhooks } from './alerts';
import { Audit } from './audit';
import { Budgets } from './budgets';
import { Cache } from './cache';
import { Credits } from './credits';
import { Keys } from './keys';
import { Ledger } from './ledger';
import { Me } from './me';
import { Overview } from './overview';
import { Prices } from './prices';
import { Providers } from './providers';
import { Savings } from './savings';
import { Sessions } from './sessions';
import { CompanySettings } from './settings';
import { Statements } from './statements';
import { Teams } from './teams';
import { Usage, type UsageQuery } from './usage';

/** Filters of ledger rows. */
export interface RequestsQuery {
  team_id?: string;
  key_id?: string;
  model?: string;
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
  stream?: boolean;
  from?: Date | string;
  to?: Date | string;
  /** Default: `-created_at`, newest first. */
  sort?: RequestSort;
  /** Rows per page, 1 to 1000. */
  limit?: number;
  cursor?: string;
}

export interface AdminUsageQuery extends UsageQuery<UsageGroup> {
  team_id?: string;
  /** Ids of teams. */
  team?: readonly string[];
  exclude_team?: readonly string[];
}

/** `/admin/requests`: the ledger. */
class Requests {
  constructor(private readonly http: HttpClient) {}

  /** One page. It may have fewer rows than `limit` although there is a `next_cursor`. */
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

/** `/admin`: for the administrator's key, for keys with a role that may, and for people who are signed in. */
export class Admin {
  readonly me: Me;
  readonly settings: CompanySettings;
  readonly overview: Overview;
  readonly teams: Teams;
  readonly keys: Keys;
  readonly budgets: Budgets;
  readonly credits: Credits;
  readonly statements: Statements;
  readonly requests: Requests;
  readonly usage: Usage<AdminUsageQuery>;
  readonly savings: Savings;
  readonly cache: Cache;
  readonly models: AdminModels;
  readonly providers: Providers;
  readonly prices: Prices;
  readonly alerts: Alerts;
  readonly webhooks: Webhooks;
  readonly audit: Audit;
  readonly sessions: Sessions;
  readonly ledger: Ledger;

  constructor(http: HttpClient) {
    this.me = new Me(http);
    this.settings = new CompanySettings(http);
    this.overview = new Overview(http);
    this.teams = new Teams(http);
    this.keys = new Keys(http);
    this.budgets = new Budgets(http);
    this.credits = new Credits(http);
    this.statements = new Statements(http);
    this.requests = new Requests(http);
    this.usage = new Usage(http, '/admin/usage');
    this.savings = new Savings(http);
    this.cache = new Cache(http);
    this.models = new AdminModels(http);
    this.providers = new Providers(http);
    this.prices = new Prices(http);
    this.alerts = new Alerts(http);
    this.webhooks = new Webhooks(http);
    this.audit = new Audit(http);
    this.sessions = new Sessions(http);
    this.ledger = new Ledger(http);
  }
}
