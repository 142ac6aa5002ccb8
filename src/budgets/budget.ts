import type { PicoUsd } from '../common/money';

export type WindowKind = 'hour' | 'day' | 'week' | 'month' | 'total';

/** What happens to a call that a budget has no room for. */
export type BudgetAction = 'block' | 'warn' | 'downgrade' | 'defer';

/** How much a team or a key may spend in each window of time. */
export interface Budget {
  id: string;
  teamId: string;
  /** Null for the whole team. */
  keyId: string | null;
  limitPusd: PicoUsd;
  window: WindowKind;
  /** IANA name; windows begin at its midnights. */
  timezone: string;
  action: BudgetAction;
  /** The model that answers once the budget is used up; set where the action is downgrade. */
  downgradeTo: string | null;
  /** Shares of the limit at which an alert is raised, ascending, as 0.8. */
  thresholds: readonly number[];
}

/** `team:<id>` or `key:<id>`, as errors and alerts name it. */
export function scopeOf({ teamId, keyId }: Budget): string {
  return keyId === null ? `team:${teamId}` : `key:${keyId}`;
}
