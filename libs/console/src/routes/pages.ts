import type { MessageFile } from '../i18n/messages';

export type PageGroup = 'start' | 'cost' | 'operations' | 'administration';

export interface Page {
  /** Below `/console`; `$name` is a parameter. */
  path: string;
  group: PageGroup;
  /** Without it the page is not in the navigation. */
  permission: string;
  /** The file of its texts in `i18n/en` and `i18n/ko`. */
  text: MessageFile;
}

/** Every page, in the order of the navigation. `app/page-components.ts` has what each shows. */
// prettier-ignore
export const PAGES = {
  overview: { path: '/', group: 'start', permission: 'usage:read', text: 'overview' },
  gettingStarted: { path: '/getting-started', group: 'start', permission: 'self:read', text: 'getting-started' },
  playground: { path: '/playground', group: 'start', permission: 'self:read', text: 'playground' },
  usage: { path: '/usage', group: 'cost', permission: 'usage:read', text: 'usage' },
  savings: { path: '/savings', group: 'cost', permission: 'savings:read', text: 'savings' },
  budgets: { path: '/budgets', group: 'cost', permission: 'budgets:read', text: 'budgets' },
  prices: { path: '/prices', group: 'cost', permission: 'prices:read', text: 'prices' },
  statements: { path: '/statements', group: 'cost', permission: 'credits:read', text: 'statements' },
  requests: { path: '/requests', group: 'operations', permission: 'requests:read', text: 'requests' },
  batches: { path: '/batches', group: 'operations', permission: 'usage:read', text: 'batches' },
  cache: { path: '/cache', group: 'operations', permission: 'cache:read', text: 'cache' },
  models: { path: '/models', group: 'operations', permission: 'models:read', text: 'models' },
  alerts: { path: '/alerts', group: 'operations', permission: 'alerts:read', text: 'alerts' },
  webhooks: { path: '/webhooks', group: 'operations', permission: 'webhooks:read', text: 'webhooks' },
  teams: { path: '/teams', group: 'administration', permission: 'teams:read', text: 'teams' },
  team: { path: '/teams/$teamId', group: 'administration', permission: 'teams:read', text: 'teams' },
  keys: { path: '/teams/$teamId/keys', group: 'administration', permission: 'keys:read', text: 'keys' },
  users: { path: '/users', group: 'administration', permission: 'sessions:read', text: 'users' },
  audit: { path: '/audit', group: 'administration', permission: 'audit:read', text: 'audit' },
  settings: { path: '/settings', group: 'administration', permission: 'settings:read', text: 'settings' },
} as const satisfies Record<string, Page>;

export type PageName = keyof typeof PAGES;

export const PAGE_LIST: readonly (Page & { name: PageName })[] = Object.entries(PAGES).map(([name, page]) => ({
  name: name as PageName,
  ...page,
}));
