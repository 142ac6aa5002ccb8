import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import type { Owner } from '../../common/owner';
import { Database } from '../../database/database.connection';
import { writeWhileRegistered } from '../owners/registered-owner.repository';
import {
  grant,
  lockWindow,
  markWanted,
  stateOf,
  SUMS,
  toState,
  type WindowKey,
  type WindowState,
} from './window-rows.repository';

/** What an owner asks for: at least `leastPusd`, better `idealPusd`. */
export interface LeaseRequest {
  owner: Owner;
  leastPusd: PicoUsd;
  idealPusd: PicoUsd;
}

export interface Lease extends WindowState {
  /** 0 when not even the least is there. */
  grantedPusd: PicoUsd;
}

/** Near the end of a budget no instance gets more than this part of what is left, so that it does not lie with one. */
const SHARE_OF_REST = 4n;

@Injectable()
export class LeasesRepository {
  constructor(private readonly database: Database) {}

  /** Gives an owner more of a window: at most what keeps all leases together within the limit. */
  lease(window: WindowKey, wish: LeaseRequest): Promise<Lease> {
    return this.database.db.transaction().execute(async (transaction) => {
      await lockWindow(transaction, window, this.database.isEmbedded);
      const state = await stateOf(transaction, window);
      const grantedPusd = share(window.budget.limitPusd - state.spentPusd - state.leasedPusd, wish);
      if (grantedPusd === 0n) await markWanted(transaction, window);
      else await grant(transaction, window, wish.owner, grantedPusd);
      return { ...state, grantedPusd };
    });
  }

  /** Begins a window that nothing is leased of, because its budget only counts. */
  async begin(window: WindowKey): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await lockWindow(transaction, window, this.database.isEmbedded);
    });
  }

  /** Says what an owner keeps of its lease. The whole and not the difference, so that it can be said twice. */
  async keep({ budget, startMs }: WindowKey, owner: Owner, grantedPusd: PicoUsd): Promise<void> {
    // An instance that was taken for dead and lives holds money again, and must be registered for that.
    await writeWhileRegistered(
      this.database.db,
      owner,
      sql`UPDATE budget_leases SET granted_pusd = ${grantedPusd}::numeric, closed = closed AND used_pusd >= ${grantedPusd}::numeric
        WHERE budget_id = ${budget.id} AND window_start = ${new Date(startMs)} AND owner = ${owner.id}
          AND (used_pusd >= ${grantedPusd}::numeric OR EXISTS (SELECT FROM registered))
        RETURNING 1`,
    );
  }

  /** The windows of which an owner lately wanted more than there was, as `budget id@unix seconds`. */
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
}

/** How much of the rest an instance gets. */
export function share(
  restPusd: PicoUsd,
  { leastPusd, idealPusd }: Pick<LeaseRequest, 'leastPusd' | 'idealPusd'>,
): PicoUsd {
  if (restPusd < leastPusd || leastPusd <= 0n) return 0n;
  const part = restPusd / SHARE_OF_REST;
  const wished = part < idealPusd ? part : idealPusd;
  return wished > leastPusd ? wished : leastPusd;
}
