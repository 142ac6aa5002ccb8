import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import type { PageName } from '../routes/pages';

/** The components of the pages. Each is loaded when its page is opened, or when the pointer is over a link to it. */
// prettier-ignore
export const PAGE_COMPONENTS: Record<PageName, RouteComponent> = {
  overview: lazyRouteComponent(() => import('../overview/overview-page'), 'OverviewPage'),
  gettingStarted: lazyRouteComponent(() => import('../getting-started/getting-started-page'), 'GettingStartedPage'),
  playground: lazyRouteComponent(() => import('../playground/playground-page'), 'PlaygroundPage'),
  usage: lazyRouteComponent(() => import('../usage/usage-page'), 'UsagePage'),
  savings: lazyRouteComponent(() => import('../savings/savings-page'), 'SavingsPage'),
  budgets: lazyRouteComponent(() => import('../budgets/budgets-page'), 'BudgetsPage'),
  prices: lazyRouteComponent(() => import('../prices/prices-page'), 'PricesPage'),
  statements: lazyRouteComponent(() => import('../statements/statements-page'), 'StatementsPage'),
  requests: lazyRouteComponent(() => import('../requests/requests-page'), 'RequestsPage'),
  batches: lazyRouteComponent(() => import('../batches/batches-page'), 'BatchesPage'),
  cache: lazyRouteComponent(() => import('../cache/cache-page'), 'CachePage'),
  models: lazyRouteComponent(() => import('../models/models-page'), 'ModelsPage'),
  alerts: lazyRouteComponent(() => import('../alerts/alerts-page'), 'AlertsPage'),
  webhooks: lazyRouteComponent(() => import('../webhooks/webhooks-page'), 'WebhooksPage'),
  teams: lazyRouteComponent(() => import('../teams/teams-page'), 'TeamsPage'),
  team: lazyRouteComponent(() => import('../teams/team-page'), 'TeamPage'),
  keys: lazyRouteComponent(() => import('../keys/keys-page'), 'KeysPage'),
  users: lazyRouteComponent(() => import('../users/users-page'), 'UsersPage'),
  audit: lazyRouteComponent(() => import('../audit/audit-page'), 'AuditPage'),
  settings: lazyRouteComponent(() => import('../settings/settings-page'), 'SettingsPage'),
};
