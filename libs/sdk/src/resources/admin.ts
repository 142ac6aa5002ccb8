import type { UsageGroup } from '@thriftgate/contracts';
import type { HttpClient } from '../http-client';
import { AdminBatches } from './admin-batches';
import { AdminModels } from './admin-models';
import { Alerts, Webhooks } from './alerts';
import { Audit } from './audit';
import { Budgets } from './budgets';
import { Cache } from './cache';
import { Credits } from './credits';
import { Events } from './events';
import { Keys } from './keys';
import { Ledger } from './ledger';
import { Me } from './me';
import { Overview } from './overview';
import { Playground } from './playground';
import { Prices } from './prices';
import { Providers } from './providers';
import { Requests } from './requests';
import { Savings } from './savings';
import { Sessions } from './sessions';
import { CompanySettings } from './settings';
import { Statements } from './statements';
import { Teams } from './teams';
import { Usage, type UsageQuery } from './usage';

export interface AdminUsageQuery extends UsageQuery<UsageGroup> {
  team_id?: string;
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
  readonly batches: AdminBatches;
  readonly playground: Playground;
  readonly events: Events;
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
    this.batches = new AdminBatches(http);
    this.playground = new Playground(http);
    this.events = new Events(http);
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
