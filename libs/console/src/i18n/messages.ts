import type { messages as shell } from './en/shell';
import type { messages as signIn } from './en/sign-in';
import type { messages as components } from './en/components';
import type { messages as overview } from './en/overview';
import type { messages as gettingStarted } from './en/getting-started';
import type { messages as playground } from './en/playground';
import type { messages as usage } from './en/usage';
import type { messages as savings } from './en/savings';
import type { messages as budgets } from './en/budgets';
import type { messages as prices } from './en/prices';
import type { messages as statements } from './en/statements';
import type { messages as requests } from './en/requests';
import type { messages as batches } from './en/batches';
import type { messages as cache } from './en/cache';
import type { messages as models } from './en/models';
import type { messages as alerts } from './en/alerts';
import type { messages as webhooks } from './en/webhooks';
import type { messages as teams } from './en/teams';
import type { messages as keys } from './en/keys';
import type { messages as users } from './en/users';
import type { messages as audit } from './en/audit';
import type { messages as settings } from './en/settings';

/** The files of texts, one a page, and the ids in each. */
interface Files {
  shell: keyof typeof shell;
  'sign-in': keyof typeof signIn;
  components: keyof typeof components;
  overview: keyof typeof overview;
  'getting-started': keyof typeof gettingStarted;
  playground: keyof typeof playground;
  usage: keyof typeof usage;
  savings: keyof typeof savings;
  budgets: keyof typeof budgets;
  prices: keyof typeof prices;
  statements: keyof typeof statements;
  requests: keyof typeof requests;
  batches: keyof typeof batches;
  cache: keyof typeof cache;
  models: keyof typeof models;
  alerts: keyof typeof alerts;
  webhooks: keyof typeof webhooks;
  teams: keyof typeof teams;
  keys: keyof typeof keys;
  users: keyof typeof users;
  audit: keyof typeof audit;
  settings: keyof typeof settings;
}

export type MessageFile = keyof Files;
/** Every id of a text. */
export type MessageId = Files[MessageFile];
export type Messages = Record<string, string>;
