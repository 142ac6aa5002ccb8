import type { Generated, JSONColumnType } from 'kysely';

export interface BudgetTables {
  budgets: BudgetsTable;
  budget_windows: BudgetWindowsTable;
  budget_leases: BudgetLeasesTable;
}

export interface BudgetsTable {
  id: string;
  team_id: string;
  /** Null for the whole team. */
  key_id: string | null;
  limit_pusd: bigint;
  window_kind: 'hour' | 'day' | 'week' | 'month' | 'total';
  timezone: string;
  action: 'block' | 'warn' | 'downgrade' | 'defer';
  downgrade_to: string | null;
  /** Shares of the limit at which an alert is raised, as 0.8. */
  thresholds: JSONColumnType<number[]>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  deleted_at: Date | null;
  revision: bigint;
}

/** A window that something was leased of. Its row is the lock under which leases are given. */
export interface BudgetWindowsTable {
  /** A budget, or the credits of a prepaid team. */
  budget_id: string;
  window_start: Date;
  /** When a process last found nothing left to lease: the others give back what they do not use. */
  wanted_at: Date | null;
}

/** What an owner may spend of a window, and what of it is in the ledger. `numeric` comes as text. */
export interface BudgetLeasesTable {
  budget_id: string;
  window_start: Date;
  /** An instance or a batch; `opening` for what was spent before the window was first leased. */
  owner: string;
  granted_pusd: string;
  used_pusd: Generated<string>;
  /** True once the owner has ended and what it did not use is given back. */
  closed: Generated<boolean>;
}
