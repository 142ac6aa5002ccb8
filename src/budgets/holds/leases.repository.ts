import { Injectable } from '@nestjs/common';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import { writeWhileRegistered } from '../../database/living';
import type { Schema } from '../../database/schema';
import type { Budget } from '../budget';

/** A window of a budget. */
export interface WindowKey {
  budget: Budget;
  startMs: number;
}

/** What a process asks for: at least `leastPusd`, better `idealPusd`. */
export interface LeaseRequest {
  epoch: string;
  leastPusd: PicoUsd;
  idealPusd: PicoUsd;
}

/** How a window stands over all processes. */
export interface WindowState {
  spentPusd: PicoUsd;
  /** Leased and not spent. */
  leasedPusd: PicoUsd;
}

export interface Lease extends WindowState {
  /** 0 when not even the least is there. */
  grantedPusd: PicoUsd;
}

/** Near the end of a budget nobody gets more than this part of what is left, so that it does not lie with one process. */
const SHARE_OF_REST = 4n;
/** After so long PostgreSQL ends the transaction of a process that froze or lost its network within it, and with it the lock. */
const LOCK_MS = '5000';
/** The lease of what was spent before the window was first leased of. */
const OPENING = 'opening';

@Injectable()
export class LeasesRepository {
  constructor(private readonly database: Database) {}

  /** Gives a process more of a window: at most what keeps all leases together within the limit. */
  lease({ budget, startMs }: WindowKey, wish: LeaseRequest): Promise<Lease> {
    const start = new Date(startMs);
    return this.database.db.transaction().execute(async (transaction) => {
      if (await this.lockWindow(transaction, budget.id, start)) await open(transaction, budget, start);
      const state = await stateOf(transaction, budget.id, start);
      const grantedPusd = share(budget.limitPusd - state.spentPusd - state.leasedPusd, wish);
      if (grantedPusd === 0n) await markWanted(transaction, budget.id, start);
      else await grant(transaction, budget.id, start, wish.epoch, grantedPusd);
      return { ...state, grantedPusd };
    });
  }

  /** Begins a window that nothing is leased of, because its budget only counts. */
  async begin({ budget, startMs }: WindowKey): Promise<void> {
    const start = new Date(startMs);
    await this.database.db.transaction().execute(async (transaction) => {
      if (await this.lockWindow(transaction, budget.id, start)) await open(transaction, budget, start);
    });
  }

  /** Says what a process keeps of its lease. The whole and not the difference, so that it can be said twice. */
  async keep({ budget, startMs }: WindowKey, epoch: string, grantedPusd: PicoUsd): Promise<void> {
    // A process that was taken for dead and lives holds money again, and must be among the living for that.
    await writeWhileRegistered(
      this.database.db,
      epoch,
      sql`UPDATE budget_leases SET granted_pusd = ${grantedPusd}::numeric, closed = closed AND used_pusd >= ${grantedPusd}::numeric
        WHERE budget_id = ${budget.id} AND window_start = ${new Date(startMs)} AND epoch = ${epoch}
          AND (used_pusd >= ${grantedPusd}::numeric OR EXISTS (SELECT FROM living))
        RETURNING 1`,
    );
  }

  /** The windows that somebody lately wanted more of than there was, as `budget id@unix seconds`. */
  async wanted(withinSeconds: number): Promise<Set<string>> {
    const rows = await this.database.db
      .selectFrom('budget_windows')
      .select(['budget_id', 'window_start'])
      .where('wanted_at', '>', sql<Date>`now() - make_interval(secs => ${withinSeconds})`)
      .execute();
    return new Set(rows.map((row) => `${row.budget_id}@${row.window_start.getTime() / 1000}`));
  }

  /** How windows stand, by `budget id@unix seconds`; one that nothing was leased of is missing. */
  async states(windows: WindowKey[]): Promise<Map<string, WindowState>> {
    if (windows.length === 0) return new Map();
    const rows = await this.database.db
      .selectFrom('budget_leases')
      .select(['budget_id', 'window_start'])
      .select(SUMS)
      .where((eb) =>
        eb.or(windows.map(({ budget, startMs }) => eb.and({ budget_id: budget.id, window_start: new Date(startMs) }))),
      )
      .groupBy(['budget_id', 'window_start'])
      .execute();
    return new Map(rows.map((row) => [`${row.budget_id}@${row.window_start.getTime() / 1000}`, toState(row)]));
  }

  /** Waits until nobody else gives leases of the window. @returns true where its row was made just now */
  private async lockWindow(transaction: Transaction<Schema>, budgetId: string, start: Date): Promise<boolean> {
    // The embedded database has one connection and no timers.
    const bounded = this.database.isEmbedded
      ? sql``
      : sql`, set_config('idle_in_transaction_session_timeout', ${LOCK_MS}, true)`;
    const { rows } = await sql<{ made: boolean }>`
      INSERT INTO budget_windows AS kept (budget_id, window_start) VALUES (${budgetId}, ${start})
      ON CONFLICT (budget_id, window_start) DO UPDATE SET wanted_at = kept.wanted_at
      RETURNING xmax = 0 AS made${bounded}`.execute(transaction);
    return rows[0]?.made === true;
  }
}

const SUMS = [
  sql<string>`coalesce(sum(used_pusd), 0)`.as('spent'),
  sql<string>`coalesce(sum(greatest(granted_pusd - used_pusd, 0)), 0)`.as('leased'),
] as const;

function toState(row: { spent: string; leased: string }): WindowState {
  return { spentPusd: BigInt(row.spent), leasedPusd: BigInt(row.leased) };
}

/** How much of the rest a process gets. */
export function share(
  restPusd: PicoUsd,
  { leastPusd, idealPusd }: Pick<LeaseRequest, 'leastPusd' | 'idealPusd'>,
): PicoUsd {
  if (restPusd < leastPusd || leastPusd <= 0n) return 0n;
  const part = restPusd / SHARE_OF_REST;
  const wished = part < idealPusd ? part : idealPusd;
  return wished > leastPusd ? wished : leastPusd;
}

async function stateOf(transaction: Kysely<Schema>, budgetId: string, start: Date): Promise<WindowState> {
  const row = await transaction
    .selectFrom('budget_leases')
    .select(SUMS)
    .where('budget_id', '=', budgetId)
    .where('window_start', '=', start)
    .executeTakeFirstOrThrow();
  return toState(row);
}

/** What was spent in the window before the budget was there counts too, save for what already counts. */
async function open(transaction: Transaction<Schema>, budget: Budget, start: Date): Promise<void> {
  await sql`
    INSERT INTO budget_leases (budget_id, window_start, epoch, granted_pusd, used_pusd, closed)
    SELECT ${budget.id}, ${start}, ${OPENING}, spent, spent, true FROM (
      SELECT greatest(coalesce(sum(cost_pusd), 0), 0) AS spent FROM (
        SELECT -used_pusd AS cost_pusd FROM budget_leases WHERE budget_id = ${budget.id} AND window_start = ${start}
        UNION ALL
        SELECT cost_pusd FROM usage_rollups
        WHERE grain = ${budget.keyId === null ? 'hour by team' : 'hour'} AND period >= ${start} AND team_id = ${budget.teamId}
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
    ON CONFLICT (budget_id, window_start, epoch) DO NOTHING`.execute(transaction);
}

async function markWanted(transaction: Transaction<Schema>, budgetId: string, start: Date): Promise<void> {
  await transaction
    .updateTable('budget_windows')
    .set({ wanted_at: sql<Date>`now()` })
    .where('budget_id', '=', budgetId)
    .where('window_start', '=', start)
    .execute();
}

async function grant(
  transaction: Transaction<Schema>,
  budgetId: string,
  start: Date,
  epoch: string,
  pusd: PicoUsd,
): Promise<void> {
  await writeWhileRegistered(
    transaction,
    epoch,
    sql`INSERT INTO budget_leases AS kept (budget_id, window_start, epoch, granted_pusd)
      SELECT ${budgetId}, ${start}, epoch, ${pusd}::numeric FROM living
      ON CONFLICT (budget_id, window_start, epoch) DO UPDATE SET granted_pusd = kept.granted_pusd + excluded.granted_pusd, closed = false
      RETURNING 1`,
  );
}
