import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { TeamsTable } from '../database/schema';
import type { Team } from './team';

/** PostgreSQL's `unique_violation`. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';

/** A team that is there already has the name. */
export class TeamNameTakenError extends Error {}

/** Teams that are not deleted. */
@Injectable()
export class TeamsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
  ) {}

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

  async find(id: string): Promise<Team | undefined> {
    const row = await this.database.db
      .selectFrom('teams')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    return row && toTeam(row);
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

  /** Marks a team as deleted and revokes its keys with it. Whether there was such a team. */
  delete(id: string): Promise<boolean> {
    return this.database.db.transaction().execute(async (transaction) => {
      // First, as in every transaction that changes keys: it holds the others off, so no key is added meanwhile.
      await this.revisions.raise('keys', transaction);
      const deleted = await transaction
        .updateTable('teams')
        .set({ deleted_at: sql`now()` })
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      if (!deleted) return false;
      await transaction
        .updateTable('api_keys')
        .set((eb) => ({
          revoked_at: sql`now()`,
          revision: eb.selectFrom('revisions').select('revision').where('topic', '=', 'keys'),
        }))
        .where('team_id', '=', id)
        .where('revoked_at', 'is', null)
        .execute();
      return true;
    });
  }
}

function nameTaken(error: unknown): never {
  throw (error as { code?: unknown }).code === UNIQUE_VIOLATION ? new TeamNameTakenError() : error;
}

function toTeam(row: Selectable<TeamsTable>): Team {
  return { id: row.id, name: row.name, createdAt: row.created_at, updatedAt: row.updated_at };
}
