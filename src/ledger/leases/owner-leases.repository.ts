import { Injectable } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { type Owner, OwnerEndedError } from '../../common/owner';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { grant, lockWindow, markWanted, stateOf, type WindowKey, type WindowState } from './window-rows.repository';

/** The windows that an owner holds money in, by their keys; or the window that has no room, and how it stands. */
export type OwnerHold = { held: string[] } | { short: WindowKey; state: WindowState };

/** Rolls back what was leased of the windows before. */
class NoRoom extends Error {
  constructor(
    readonly window: WindowKey,
    readonly state: WindowState,
  ) {
    super();
  }
}

/** Leases for an owner that outlives instances: once, of all windows or of none, and nothing ahead of need. */
@Injectable()
export class OwnerLeasesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Leases the same amount of each window. Where the owner has leases already, these stand and nothing is added: so asking
   * again after a crash, or twice at once, holds once.
   *
   * @param counting ids of budgets that count without a limit; their windows pay, and nothing is leased of them
   * @throws OwnerEndedError where the owner is not registered
   */
  async hold(
    owner: Owner,
    windows: readonly WindowKey[],
    pusd: PicoUsd,
    counting: ReadonlySet<string>,
  ): Promise<OwnerHold> {
    try {
      const held = await this.database.db
        .transaction()
        .execute((transaction) => this.holdIn(transaction, owner, windows, pusd, counting));
      return { held };
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      await markWanted(this.database.db, error.window);
      return { short: error.window, state: error.state };
    }
  }

  private async holdIn(
    transaction: Transaction<Schema>,
    owner: Owner,
    windows: readonly WindowKey[],
    pusd: PicoUsd,
    counting: ReadonlySet<string>,
  ): Promise<string[]> {
    const { rows } = await sql`SELECT FROM owners WHERE id = ${owner.id} FOR UPDATE`.execute(transaction);
    if (rows.length === 0) throw new OwnerEndedError(owner);
    const before = await heldBy(transaction, owner);
    if (before.length > 0) return before;
    // In one order: two owners that hold in the same windows never wait for each other in a circle.
    for (const window of windows.toSorted((one, other) => (one.budget.id < other.budget.id ? -1 : 1))) {
      await lockWindow(transaction, window, this.database.isEmbedded);
      const isFree = counting.has(window.budget.id);
      const state = await stateOf(transaction, window);
      const restPusd = window.budget.limitPusd - state.spentPusd - state.leasedPusd;
      if (!isFree && restPusd < pusd) throw new NoRoom(window, state);
      await grant(transaction, window, owner, isFree ? 0n : pusd);
    }
    return heldBy(transaction, owner);
  }
}

async function heldBy(transaction: Transaction<Schema>, owner: Owner): Promise<string[]> {
  const leases = await transaction
    .selectFrom('budget_leases')
    .select(['budget_id', 'window_start'])
    .where('owner', '=', owner.id)
    .where('closed', '=', false)
    .orderBy('budget_id')
    .orderBy('window_start')
    .execute();
  return leases.map((lease) => `${lease.budget_id}@${lease.window_start.getTime() / 1000}`);
}
