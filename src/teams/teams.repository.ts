import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { Database } from '../database/database.connection';
import type { Schema, TeamsTable } from '../database/schema';
import type { Team } from './team';

/** PostgreSQL's `unique_violation`. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';

/** Another team has the name. */
export class TeamNameTakenError extends Error {}

/** Deletes another feature's data of a team, in the transaction that deletes the team. */
export type TeamDeletionListener = (teamId: string, transaction: Transaction<Schema>) => Promise<void>;

/** Teams that are not deleted. */
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

  async list(): Promise<Team[]> {
    const rows = await this.database.db
      .selectFrom('teams')
      .selectAll()
      .where('deleted_at', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map(toTeam);
  }

  /** @param db the transaction that must see the team, if any */
  async find(id: string, db: Kysely<Schema> = this.database.db): Promise<Team | undefined> {
    const row = await db
      .selectFrom('teams')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    return row && toTeam(row);
  }

  /** The names of teams, also of deleted ones, by id. */
  async names(ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.db.selectFrom('teams').select(['id', 'name']).where('id', 'in', ids).execute();
    return new Map(rows.map(({ id, name }) => [id, name]));
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

  /** Marks a team as deleted. @returns false if there is no such team */
  delete(id: string): Promise<boolean> {
    return this.database.db.transaction().execute(async (transaction) => {
      for (const listener of this.deletionListeners) await listener(id, transaction);
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
  return { id: row.id, name: row.name, createdAt: row.created_at, updatedAt: row.updated_at };
}
