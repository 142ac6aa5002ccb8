import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import type { PageName } from '../routes/pages';

/** Loads a page with the styles that the overview does without. */
const page =
  <Module>(load: () => Promise<Module>) =>
  async () => {
    const [module] = await Promise.all([load(), import('./later-styles')]);
    return module;
  };

/** The components of the pages. Each is loaded when its page is opened, or when the pointer is over a link to it. */
// prettier-ignore
export const PAGE_COMPONENTS: Record<PageName, RouteComponent> = {
  overview: lazyRouteComponent(() => import('../overview/overview-page'), 'OverviewPage'),
  gettingStarted: lazyRouteComponent(page(() => import('../getting-started/getting-started-page')), 'GettingStartedPage'),
  playground: lazyRouteComponent(page(() => import('../playground/playground-page')), 'PlaygroundPage'),
  usage: lazyRouteComponent(page(() => import('../usage/usage-page')), 'UsagePage'),
  savings: lazyRouteComponent(page(() => import('../savings/savings-page')), 'SavingsPage'),
  budgets: lazyRouteComponent(page(() => import('../budgets/budgets-page')), 'BudgetsPage'),
  prices: lazyRouteComponent(page(() => import('../prices/prices-page')), 'PricesPage'),
  statements: lazyRouteComponent(page(() => import('../statements/statements-page')), 'StatementsPage'),
  requests: lazyRouteComponent(page(() => import('../requests/requests-page')), 'RequestsPage'),
  batches: lazyRouteComponent(page(() => import('../batches/batches-page')), 'BatchesPage'),
  cache: lazyRouteComponent(page(() => import('../cache/cache-page')), 'CachePage'),
  models: lazyRouteComponent(page(() => import('../models/models-page')), 'ModelsPage'),
  alerts: lazyRouteComponent(page(() => import('../alerts/alerts-page')), 'AlertsPage'),
  webhooks: lazyRouteComponent(page(() => import('../webhooks/webhooks-page')), 'WebhooksPage'),
  teams: lazyRouteComponent(page(() => import('../teams/teams-page')), 'TeamsPage'),
  team: lazyRouteComponent(page(() => import('../teams/team-page')), 'TeamPage'),
  keys: lazyRouteComponent(page(() => import('../keys/keys-page')), 'KeysPage'),
  users: lazyRouteComponent(page(() => import('../users/users-page')), 'UsersPage'),
  audit: lazyRouteComponent(page(() => import('../audit/audit-page')), 'AuditPage'),
  settings: lazyRouteComponent(page(() => import('../settings/settings-page')), 'SettingsPage'),
};
