import { type Kysely, sql, type Transaction } from 'kysely';
import type { PicoUsd } from '../../common/money';
import type { Owner } from '../../common/owner';
import { writeWhileRegistered } from '../owners/registered-owner.repository';
import type { Schema } from '../../database/schema';

/** A budget as its leases know it: whose spending it counts, and up to what. */
export interface LeasedBudget {
  id: string;
  teamId: string;
  /** Null where it counts all keys of the team. */
  keyId: string | null;
  limitPusd: PicoUsd;
}

/** A window of a budget. */
export interface WindowKey {
  budget: LeasedBudget;
  startMs: number;
}

/** How a window stands over all owners. */
export interface WindowState {
  spentPusd: PicoUsd;
  /** Leased and not spent. */
  leasedPusd: PicoUsd;
}

/** After so long PostgreSQL ends the transaction of a process that froze or lost its network within it, and with it the lock. */
const LOCK_MS = '5000';
/** The lease of what was spent before the window was first leased. */
const OPENING = 'opening';

/** Sums of the leases of a window. */
export const SUMS = [
  sql<string>`coalesce(sum(used_pusd), 0)`.as('spent'),
  sql<string>`coalesce(sum(greatest(granted_pusd - used_pusd, 0)), 0)`.as('leased'),
] as const;

export function toState(row: { spent: string; leased: string }): WindowState {
  return { spentPusd: BigInt(row.spent), leasedPusd: BigInt(row.leased) };
}

/**
 * Waits until no other transaction gives leases of the window, and begins the window where nothing was leased of it yet.
 *
 * @param isEmbedded the embedded database has one connection and no timers
 */
export async function lockWindow(
  transaction: Transaction<Schema>,
  { budget, startMs }: WindowKey,
  isEmbedded: boolean,
): Promise<void> {
  const start = new Date(startMs);
  const bounded = isEmbedded ? sql`` : sql`, set_config('idle_in_transaction_session_timeout', ${LOCK_MS}, true)`;
  const { rows } = await sql<{ made: boolean }>`
    INSERT INTO budget_windows AS kept (budget_id, window_start) VALUES (${budget.id}, ${start})
    ON CONFLICT (budget_id, window_start) DO UPDATE SET wanted_at = kept.wanted_at
    RETURNING xmax = 0 AS made${bounded}`.execute(transaction);
  if (rows[0]?.made === true) await open(transaction, budget, start);
}

/** How a window stands now. */
export async function stateOf(transaction: Kysely<Schema>, { budget, startMs }: WindowKey): Promise<WindowState> {
  const row = await transaction
    .selectFrom('budget_leases')
    .select(SUMS)
    .where('budget_id', '=', budget.id)
    .where('window_start', '=', new Date(startMs))
    .executeTakeFirstOrThrow();
  return toState(row);
}

/** What was spent in the window before the budget was there counts too, save for what already counts. */
async function open(transaction: Transaction<Schema>, budget: LeasedBudget, start: Date): Promise<void> {
  await sql`
    INSERT INTO budget_leases (budget_id, window_start, owner, granted_pusd, used_pusd, closed)
    SELECT ${budget.id}, ${start}, ${OPENING}, spent, spent, true FROM (
      SELECT greatest(coalesce(sum(cost_pusd), 0), 0) AS spent FROM (
        SELECT -used_pusd AS cost_pusd FROM budget_leases WHERE budget_id = ${budget.id} AND window_start = ${start}
        UNION ALL
        SELECT cost_pusd FROM usage_rollups
        WHERE grain = ${budget.keyId === null ? 'hour by team_only' : 'hour by caller'} AND period >= ${start} AND team_id = ${budget.teamId}
          AND (${budget.keyId}::text IS NULL OR key_id = ${budget.keyId})
        UNION ALL
        SELECT cost_pusd FROM ledger_refusals
        WHERE state <> 'dispatched' AND team_id = ${budget.teamId} AND created_at >= ${start}
          AND (${budget.keyId}::text IS NULL OR key_id = ${budget.keyId})
        UNION ALL
        SELECT cost_pusd FROM ledger
        WHERE team_id = ${budget.teamId} AND (${budget.keyId}::text IS NULL OR key_id = ${budget.keyId}) AND state <> 'dispatched'
          AND created_at >= ${start} AND created_at < date_trunc('hour', ${start}::timestamptz - interval '1 microsecond', 'UTC') + interval '1 hour'
      ) AS parts
    ) AS opening
    ON CONFLICT (budget_id, window_start, owner) DO NOTHING`.execute(transaction);
}

/** Asks the other owners to give back what they do not use of a window. */
export async function markWanted(transaction: Kysely<Schema>, { budget, startMs }: WindowKey): Promise<void> {
  await transaction
    .updateTable('budget_windows')
    .set({ wanted_at: sql<Date>`now()` })
    .where('budget_id', '=', budget.id)
    .where('window_start', '=', new Date(startMs))
    .execute();
}

/** Adds to the lease of an owner. */
export async function grant(
  transaction: Transaction<Schema>,
  { budget, startMs }: WindowKey,
  owner: Owner,
  pusd: PicoUsd,
): Promise<void> {
  await writeWhileRegistered(
    transaction,
    owner,
    sql`INSERT INTO budget_leases AS kept (budget_id, window_start, owner, granted_pusd)
      SELECT ${budget.id}, ${new Date(startMs)}, id, ${pusd}::numeric FROM registered
      ON CONFLICT (budget_id, window_start, owner) DO UPDATE SET granted_pusd = kept.granted_pusd + excluded.granted_pusd, closed = false
      RETURNING 1`,
  );
}
