import { Injectable } from '@nestjs/common';
import type { KeyCacheRulesChange } from '@thriftgate/contracts';
import { type RawBuilder, type Selectable, sql, type Transaction } from 'kysely';
import { AuditRepository } from '../audit/audit.repository';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { ApiKeysTable, Schema } from '../database/schema';
import { TeamsRepository } from '../teams/teams.repository';
import type { ApiKey, ApiKeyChanges, ApiKeySettings } from './api-key';

/** The members that are unique to each key. */
export type KeyIdentity = Pick<ApiKey, 'id' | 'prefix'> & { hash: string };

const DIRECTORY_COLUMNS = [
  'id',
  'team_id',
  'role',
  'hash',
  'models',
  'rpm_limit',
  'cache',
  'expires_at',
  'revoked_at',
  'replaced_by',
  'revision',
] as const satisfies readonly (keyof ApiKeysTable)[];

/** The columns that the directory in memory holds. */
export type DirectoryRow = Pick<Selectable<ApiKeysTable>, (typeof DIRECTORY_COLUMNS)[number]>;

/** Keys that are not revoked. */
@Injectable()
export class KeysRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
    private readonly teams: TeamsRepository,
  ) {
    teams.onDelete((teamId, transaction) => this.revokeAllOf(teamId, transaction));
  }

  /** @returns undefined if there is no such team */
  insert(
    teamId: string,
    key: KeyIdentity & ApiKeySettings & Pick<ApiKey, 'role'>,
    actor: string,
  ): Promise<ApiKey | undefined> {
    return this.change(async (transaction, revision) => {
      if (!(await this.teams.find(teamId, transaction))) return undefined;
      const row = await transaction
        .insertInto('api_keys')
        .values({
          id: key.id,
          team_id: teamId,
          name: key.name,
          role: key.role,
          prefix: key.prefix,
          hash: key.hash,
          models: JSON.stringify(key.models),
          rpm_limit: key.rpmLimit,
          cache: key.cache && sql<string>`nullif(${JSON.stringify(key.cache)}::jsonb, '{}')`,
          expires_at: key.expiresAt,
          revision,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      if (row.cache) await this.recordRules(row, actor, transaction);
      return toApiKey(row);
    });
  }

  async listOfTeam(teamId: string): Promise<ApiKey[]> {
    const rows = await this.database.db
      .selectFrom('api_keys')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('revoked_at', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map(toApiKey);
  }

  /** The names of keys, also of revoked ones, by id. */
  async names(ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.db.selectFrom('api_keys').select(['id', 'name']).where('id', 'in', ids).execute();
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  async find(id: string): Promise<ApiKey | undefined> {
    const row = await this.database.db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return row && toApiKey(row);
  }

  /** Changes the given settings; undefined ones do not change. @returns undefined if there is no such key */
  update(id: string, settings: ApiKeyChanges, actor: string): Promise<ApiKey | undefined> {
    return this.change(async (transaction, revision) => {
      const row = await transaction
        .updateTable('api_keys')
        .set({
          name: settings.name,
          models: settings.models === undefined ? undefined : JSON.stringify(settings.models),
          rpm_limit: settings.rpmLimit,
          expires_at: settings.expiresAt,
          cache: settings.cache && rulesAfter(settings.cache),
          updated_at: sql`now()`,
          revision,
        })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (row && settings.cache !== undefined) await this.recordRules(row, actor, transaction);
      return row && toApiKey(row);
    });
  }

  /** Revokes a key and unlinks its successor, so that its budgets and batches end. @returns false if there is no such key */
  revoke(id: string): Promise<boolean> {
    return this.change(async (transaction, revision) => {
      const row = await transaction
        .updateTable('api_keys')
        .set({ revoked_at: sql`now()`, replaced_by: null, updated_at: sql`now()`, revision })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    });
  }

  /**
   * Replaces a key by a new one with the same settings. The old key is revoked, or expires at the end of its grace.
   *
   * @returns undefined if the key is already revoked or replaced
   */
  replace(id: string, successor: KeyIdentity, graceEndsAt: Date | undefined): Promise<ApiKey | undefined> {
    return this.change(async (transaction, revision) => {
      const old = await transaction
        .selectFrom('api_keys')
        .select(['team_id', 'name', 'role', 'models', 'rpm_limit', 'cache', 'expires_at'])
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .where('replaced_by', 'is', null)
        .executeTakeFirst();
      if (!old) return undefined;
      await transaction
        .updateTable('api_keys')
        .set({
          replaced_by: successor.id,
          ...(graceEndsAt
            ? { expires_at: sql<Date>`least(expires_at, ${graceEndsAt}::timestamptz)` }
            : { revoked_at: sql`now()` }),
          updated_at: sql`now()`,
          revision,
        })
        .where('id', '=', id)
        .execute();
      const row = await transaction
        .insertInto('api_keys')
        .values({
          ...old,
          ...successor,
          models: JSON.stringify(old.models),
          cache: old.cache && JSON.stringify(old.cache),
          revision,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toApiKey(row);
    });
  }

  /** The replaced keys, each with the key that replaced it. */
  async successors(): Promise<{ id: string; replacedBy: string }[]> {
    const rows = await this.database.db
      .selectFrom('api_keys')
      .select(['id', 'replaced_by'])
      .where('replaced_by', 'is not', null)
      .execute();
    return rows.map((row) => ({ id: row.id, replacedBy: row.replaced_by ?? '' }));
  }

  /** The keys that changed after a revision, including revoked ones. After revision 0: all valid or replaced keys. */
  changedSince(revision: bigint): Promise<DirectoryRow[]> {
    const query = this.database.db.selectFrom('api_keys').select(DIRECTORY_COLUMNS);
    if (revision > 0n) return query.where('revision', '>', revision).execute();
    return query.where((eb) => eb.or([eb('revoked_at', 'is', null), eb('replaced_by', 'is not', null)])).execute();
  }

  private recordRules(
    { id, team_id: teamId, cache }: Pick<Selectable<ApiKeysTable>, 'id' | 'team_id' | 'cache'>,
    actor: string,
    transaction: Transaction<Schema>,
  ): Promise<string> {
    const details = { team_id: teamId, cache };
    return this.audit.record({ actor, action: 'key.cache_rules_changed', subject: id, details }, transaction);
  }

  private async revokeAllOf(teamId: string, transaction: Transaction<Schema>): Promise<void> {
    const revision = await this.revisions.raise('keys', transaction);
    await transaction
      .updateTable('api_keys')
      .set({ revoked_at: sql`now()`, revision })
      .where('team_id', '=', teamId)
      .where('revoked_at', 'is', null)
      .execute();
  }

  /**
   * Runs a transaction that changes keys. It raises the revision first, so such transactions of all instances run one after
   * the other: revisions become visible in order, and a reader misses none.
   */
  private change<T>(work: (transaction: Transaction<Schema>, revision: bigint) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(async (transaction) => {
      const revision = await this.revisions.raise('keys', transaction);
      return work(transaction, revision);
    });
  }
}

function toApiKey(row: Selectable<ApiKeysTable>): ApiKey {
  return {
    id: row.id,
    teamId: row.team_id,
    name: row.name,
    role: row.role,
    prefix: row.prefix,
    models: row.models,
    rpmLimit: row.rpm_limit,
    cache: row.cache,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    replacedBy: row.replaced_by,
  };
}

/** The key's cache rules merged with changes; null if no rule is left. */
function rulesAfter(changes: NonNullable<KeyCacheRulesChange>): RawBuilder<string> {
  return sql`nullif(jsonb_strip_nulls(coalesce(cache, '{}') || ${JSON.stringify(changes)}::jsonb), '{}')`;
}
