import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { NewAuditEvent } from '../audit/audit-event';
import { AuditRepository } from '../audit/audit.repository';
import { type Actor, idOf } from '../audit/seen-version';
import type { PageQuery } from '../common/pages';
import { Database } from '../database/database.connection';
import type { Schema, TeamsTable } from '../database/schema';
import { type Team, toWire } from './team';

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

/** Which teams to list: by default all that are not deleted. */
export interface TeamsFilter {
  deleted?: boolean;
  teamId?: string | undefined;
  page?: PageQuery;
}

/** How and by whom a team is deleted. */
export interface TeamDeletion {
  /** Deletes it also with live keys or a balance. */
  force: boolean;
  actor: Actor;
}

/** What another feature's data of a team was when it ended. */
export interface EndedData {
  /** What of it is live, so that the team is only deleted by force: "2 live keys". */
  live?: string | undefined;
  /** What the end is in the audit. */
  events?: readonly NewAuditEvent[];
}

/** Ends another feature's data of a team, in the transaction that deletes the team, which records the events after all locks. */
export type TeamDeletionListener = (
  teamId: string,
  transaction: Transaction<Schema>,
  actor: string,
) => Promise<EndedData>;

/** Teams. Deleted ones are kept for reports and statements. */
@Injectable()
export class TeamsRepository {
  private readonly deletionListeners: TeamDeletionListener[] = [];

  constructor(
    private readonly database: Database,
    private readonly audit: AuditRepository,
  ) {}

  /** Registers a listener. Listeners run before the team is deleted, so that they take their locks first. */
  onDelete(listener: TeamDeletionListener): void {
    this.deletionListeners.push(listener);
  }

  /** @throws TeamNameTakenError */
  insert(id: string, name: string, actor: Actor): Promise<Team> {
    return this.change(async (transaction) => {
      const query = transaction.insertInto('teams').values({ id, name }).returningAll();
      const team = toTeam(await query.executeTakeFirstOrThrow().catch(nameTaken));
      const event = { actor, action: 'team.created' as const, subject: id, after: toWire(team) };
      await this.audit.record(event, transaction);
      return team;
    });
  }

  /** Oldest first; with a page one more than its limit. */
  async list({ deleted = false, teamId, page }: TeamsFilter = {}): Promise<Team[]> {
    const rows = await this.database.db
      .selectFrom('teams')
      .selectAll()
      .$if(!deleted, (query) => query.where('deleted_at', 'is', null))
      .$if(teamId !== undefined, (query) => query.where('id', '=', teamId ?? ''))
      .$if(page?.cursor !== undefined, (query) => query.where('id', '>', page?.cursor ?? ''))
      .orderBy('id')
      .$if(page !== undefined, (query) => query.limit((page?.limit ?? 0) + 1))
      .execute();
    return rows.map(toTeam);
  }

  /** A team, also a deleted one. @param db the transaction that must see the team, if any */
  async find(id: string, db: Kysely<Schema> = this.database.db): Promise<Team | undefined> {
    const row = await db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirst();
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
  rename(id: string, name: string, actor: Actor): Promise<Team | undefined> {
    return this.change(async (transaction) => {
      const before = await this.locked(id, transaction);
      if (!before) return undefined;
      const query = transaction
        .updateTable('teams')
        .set({ name, updated_at: sql`now()` })
        .where('id', '=', id);
      const team = toTeam(await query.returningAll().executeTakeFirstOrThrow().catch(nameTaken));
      const event = {
        actor,
        action: 'team.updated' as const,
        subject: id,
        before: toWire(before),
        after: toWire(team),
      };
      await this.audit.record(event, transaction);
      return team;
    });
  }

  /**
   * Marks a team as deleted.
   *
   * @returns false if there is no such team
   * @throws TeamInUseError if it has live data, without force
   */
  delete(id: string, { force, actor }: TeamDeletion): Promise<boolean> {
    return this.change(async (transaction) => {
      const ended: EndedData[] = [];
      for (const listener of this.deletionListeners) ended.push(await listener(id, transaction, idOf(actor)));
      const inUse = ended.flatMap(({ live }) => live ?? []);
      if (inUse.length > 0 && !force) throw new TeamInUseError(inUse);
      const before = await this.locked(id, transaction);
      if (!before) return false;
      await transaction
        .updateTable('teams')
        .set({ deleted_at: sql`now()` })
        .where('id', '=', id)
        .execute();
      const event = { actor, action: 'team.deleted' as const, subject: id, before: toWire(before), details: { force } };
      await this.audit.recordAll([...ended.flatMap(({ events = [] }) => events), event], transaction);
      return true;
    });
  }

  /** A team that is not deleted, locked until the transaction ends. */
  private async locked(id: string, transaction: Transaction<Schema>): Promise<Team | undefined> {
    const query = transaction.selectFrom('teams').selectAll().where('id', '=', id).where('deleted_at', 'is', null);
    const row = await query.forUpdate().executeTakeFirst();
    return row && toTeam(row);
  }

  private change<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(work);
  }
}

function nameTaken(error: unknown): never {
  throw (error as { code?: unknown }).code === UNIQUE_VIOLATION ? new TeamNameTakenError() : error;
}

function toTeam(row: Selectable<TeamsTable>): Team {
  const { id, name, created_at: createdAt, updated_at: updatedAt, deleted_at: deletedAt } = row;
  return { id, name, createdAt, updatedAt, deletedAt };
}
