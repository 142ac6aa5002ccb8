import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { Database } from '../database/database.connection';
import type { Schema, TeamsTable } from '../database/schema';
import type { Team } from './team';

/** PostgreSQL's `unique_violation`. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';

/** Another team has the name. */
export class TeamNameTakenError extends Error {}

/** Something of a team that is live, for people: "2 live keys". */
export class TeamInUseError extends Error {
  constructor(readonly inUse: readonly string[]) {
    super(`the team has ${inUse.join(' and ')}`);
  }
}

/**
 * Ends another feature's data of a team, in the transaction that deletes the team.
 *
 * @returns what of it is live, so that the team is only deleted by force: "2 live keys"
 */
export type TeamDeletionListener = (teamId: string, transaction: Transaction<Schema>) => Promise<string | undefined>;

/** Teams. Deleted ones are kept for reports and statements. */
@Injectable()
export class TeamsRepository {
  private readonly deletionListeners: TeamDeletionListener[] = [];

  constructor(private readonly database: Database) {}

  /** Registers a listener. Listeners run before the team is deleted, so that they take their locks first. */
  onDelete(listener: TeamDeletionListener): void {
    this.deletionListeners.push(listener);
  }

  /** @throws TeamNameTakenError */
  async insert(id: string, name: string): Promise<Team> {
    const query = this.database.db.insertInto('teams').values({ id, name }).returningAll();
    return toTeam(await query.executeTakeFirstOrThrow().catch(nameTaken));
  }

  /** Oldest first. */
  async list({ deleted = false } = {}): Promise<Team[]> {
    const rows = await this.database.db
      .selectFrom('teams')
      .selectAll()
      .$if(!deleted, (query) => query.where('deleted_at', 'is', null))
      .orderBy('id')
      .execute();
    return rows.map(toTeam);
  }

  /** A team, also a deleted one. @param db the transaction that must see the team, if any */
  async find(id: string, db: Kysely<Schema> = this.database.db): Promise<Team | undefined> {
    const row = await db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toTeam(row);
  }

  /** The ids that belong to existing teams. */
  async existing(ids: readonly string[], db: Kysely<Schema> = this.database.db): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await db
      .selectFrom('teams')
      .select('id')
      .where('id', 'in', ids)
      .where('deleted_at', 'is', null)
      .execute();
    return new Set(rows.map(({ id }) => id));
  }

  /** @throws TeamNameTakenError */
  async rename(id: string, name: string): Promise<Team | undefined> {
    const query = this.database.db
      .updateTable('teams')
      .set({ name, updated_at: sql`now()` })
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .returningAll();
    const row = await query.executeTakeFirst().catch(nameTaken);
    return row && toTeam(row);
  }

  /**
   * Marks a team as deleted.
   *
   * @param force deletes it also with live data
   * @returns false if there is no such team
   * @throws TeamInUseError if it has live data, without force
   */
  delete(id: string, force: boolean): Promise<boolean> {
    return this.database.db.transaction().execute(async (transaction) => {
      const inUse: string[] = [];
      for (const listener of this.deletionListeners) {
        const live = await listener(id, transaction);
        if (live !== undefined) inUse.push(live);
      }
      if (inUse.length > 0 && !force) throw new TeamInUseError(inUse);
      const { numUpdatedRows } = await transaction
        .updateTable('teams')
        .set({ deleted_at: sql`now()` })
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }
}

function nameTaken(error: unknown): never {
  throw (error as { code?: unknown }).code === UNIQUE_VIOLATION ? new TeamNameTakenError() : error;
}

function toTeam(row: Selectable<TeamsTable>): Team {
  const { id, name, created_at: createdAt, updated_at: updatedAt, deleted_at: deletedAt } = row;
  return { id, name, createdAt, updatedAt, deletedAt };
}
