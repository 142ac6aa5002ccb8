import { formatUsd, type PicoUsd } from '../common/money';

export type WindowKind = 'hour' | 'day' | 'week' | 'month' | 'total';

/** What happens to a call that exceeds a budget. */
export type BudgetAction = 'block' | 'warn' | 'downgrade' | 'defer';

/** The spending limit of a team or a key in each budget window. */
export interface Budget {
  id: string;
  teamId: string;
  /** Null for the whole team. */
  keyId: string | null;
  /** The name of that team or key, as it was when the budgets were read; undefined outside the directory. */
  scopeName?: string | undefined;
  limitPusd: PicoUsd;
  window: WindowKind;
  /** IANA name; windows begin at midnight in this time zone. */
  timezone: string;
  action: BudgetAction;
  /** The model for calls after the budget is used up; set if the action is `downgrade`. */
  downgradeTo: string | null;
  /** Shares of the limit at which an alert is raised, ascending, for example 0.8. */
  thresholds: readonly number[];
}

const PARTS = 1_000_000n;

/** A share of a limit. */
export function partOf(limitPusd: PicoUsd, share: number): PicoUsd {
  return (limitPusd * BigInt(Math.round(share * Number(PARTS)))) / PARTS;
}

/** `team:<id>` or `key:<id>`, as errors and alerts name it. */
export function scopeOf({ teamId, keyId }: Budget): string {
  return keyId === null ? `team:${teamId}` : `key:${keyId}`;
}

/** A scope for people: `team Search (team_…)`. Without a known name the scope itself. */
export function namedScopeOf(budget: Budget): string {
  const { teamId, keyId, scopeName } = budget;
  if (scopeName === undefined) return scopeOf(budget);
  return keyId === null ? `team ${scopeName} (${teamId})` : `key ${scopeName} (${keyId})`;
}

/** The settings of a budget as `/admin` shows them, without the state of its window. */
export function settingsToWire(budget: Budget) {
  return {
    id: budget.id,
    team_id: budget.teamId,
    key_id: budget.keyId,
    limit_usd: formatUsd(budget.limitPusd),
    window: budget.window,
    timezone: budget.timezone,
    action: budget.action,
    downgrade_to: budget.downgradeTo,
    thresholds: [...budget.thresholds],
  };
}
