import { Injectable } from '@nestjs/common';
import type { AuditAction, KeyCacheRulesChange } from '@thriftgate/contracts';
import { type Kysely, type RawBuilder, type Selectable, sql, type Transaction } from 'kysely';
import type { NewAuditEvent } from '../audit/audit-event';
import { AuditRepository } from '../audit/audit.repository';
import type { Actor } from '../audit/seen-version';
import type { PageQuery } from '../common/pages';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { ApiKeysTable, Schema } from '../database/schema';
import { type EndedData, TeamsRepository } from '../teams/teams.repository';
import { type ApiKey, type ApiKeyChanges, type ApiKeySettings, requireNoRevival, toWire } from './api-key';

/** The members that are unique to each key. */
export type KeyIdentity = Pick<ApiKey, 'id' | 'prefix'> & { hash: string };

/** Which keys of a team to list: by default all that are not revoked. */
export interface KeysFilter {
  revoked?: boolean;
  page?: PageQuery;
}

/** A key before and after a change, and who made it. */
interface KeyChange {
  actor: Actor;
  before?: ApiKey;
  after?: ApiKey;
}

/** Keys. Revoked ones are kept for the reports. */
@Injectable()
export class KeysRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
    private readonly teams: TeamsRepository,
  ) {
    teams.onDelete((teamId, transaction, actor) => this.revokeAllOf(teamId, transaction, actor));
  }

  /** @returns undefined if there is no such team */
  insert(
    teamId: string,
    key: KeyIdentity & ApiKeySettings & Pick<ApiKey, 'role'> & { managed?: boolean },
    actor: string,
  ): Promise<ApiKey | undefined> {
    return this.change(async (transaction, revision) => {
      const team = await this.teams.find(teamId, transaction);
      if (!team || team.deletedAt) return undefined;
      // Another request may have made the team's only one meanwhile.
      if (key.managed && (await this.managedOf(teamId, transaction)) !== undefined) return undefined;
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
          batch_lines_count: key.batchLinesCount,
          default_max_tokens: key.defaultMaxTokens,
          cache: key.cache && sql<string>`nullif(${JSON.stringify(key.cache)}::jsonb, '{}')`,
          managed: key.managed ?? false,
          expires_at: key.expiresAt,
          revision,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      if (row.cache) await this.recordRules(row, actor, transaction);
      const created = toApiKey(row);
      await this.record('key.created', { actor, after: created }, transaction);
      return created;
    });
  }

  /** The id of the team's key that the gateway has made for the console, if it is not revoked. */
  async managedOf(teamId: string, db: Kysely<Schema> = this.database.db): Promise<string | undefined> {
    const query = db.selectFrom('api_keys').select('id').where('team_id', '=', teamId).where('managed', '=', true);
    return (await query.where('revoked_at', 'is', null).executeTakeFirst())?.id;
  }

  /** Oldest first; with a page one more than its limit. */
  async listOfTeam(teamId: string, { revoked = false, page }: KeysFilter = {}): Promise<ApiKey[]> {
    const rows = await this.database.db
      .selectFrom('api_keys')
      .selectAll()
      .where('team_id', '=', teamId)
      .$if(!revoked, (query) => query.where('revoked_at', 'is', null))
      .$if(page?.cursor !== undefined, (query) => query.where('id', '>', page?.cursor ?? ''))
      .orderBy('id')
      .$if(page !== undefined, (query) => query.limit((page?.limit ?? 0) + 1))
      .execute();
    return rows.map(toApiKey);
  }

  /** The names of keys, also of revoked ones, by id. */
  async names(ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.db.selectFrom('api_keys').select(['id', 'name']).where('id', 'in', ids).execute();
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** A key, also a revoked one. */
  async find(id: string): Promise<ApiKey | undefined> {
    const row = await this.database.db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toApiKey(row);
  }

  /**
   * Changes the given settings; undefined ones do not change.
   *
   * @returns undefined if there is no such key
   * @throws GatewayError `conflict` for a later expiry of a replaced key
   */
  update(id: string, settings: ApiKeyChanges, actor: Actor): Promise<ApiKey | undefined> {
    return this.change(async (transaction, revision) => {
      const before = await working(id, transaction);
      if (!before) return undefined;
      requireNoRevival(toApiKey(before), settings);
      const row = await transaction
        .updateTable('api_keys')
        .set({
          name: settings.name,
          models: settings.models === undefined ? undefined : JSON.stringify(settings.models),
          rpm_limit: settings.rpmLimit,
          batch_lines_count: settings.batchLinesCount,
          default_max_tokens: settings.defaultMaxTokens,
          expires_at: settings.expiresAt,
          cache: settings.cache && rulesAfter(settings.cache),
          updated_at: sql`now()`,
          revision,
        })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      if (settings.cache !== undefined) await this.recordRules(row, actor, transaction);
      const after = toApiKey(row);
      await this.record('key.updated', { actor, before: toApiKey(before), after }, transaction);
      return after;
    });
  }

  /** Revokes a key and unlinks its successor, so that its budgets and batches end. @returns false if there is no such key */
  revoke(id: string, actor: Actor): Promise<boolean> {
    return this.change(async (transaction, revision) => {
      const before = await working(id, transaction);
      if (!before) return false;
      await transaction
        .updateTable('api_keys')
        .set({ revoked_at: sql`now()`, replaced_by: null, updated_at: sql`now()`, revision })
        .where('id', '=', id)
        .execute();
      await this.record('key.revoked', { actor, before: toApiKey(before) }, transaction);
      return true;
    });
  }

  /**
   * Replaces a key by a new one with the same settings. The old key is revoked, or expires at the end of its grace.
   *
   * @returns undefined if the key is already revoked or replaced
   */
  replace(
    id: string,
    successor: KeyIdentity,
    graceEndsAt: Date | undefined,
    actor: Actor,
  ): Promise<ApiKey | undefined> {
    return this.change(async (transaction, revision) => {
      const old = await working(id, transaction);
      if (!old || old.replaced_by !== null) return undefined;
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
          ...successor,
          team_id: old.team_id,
          name: old.name,
          role: old.role,
          models: JSON.stringify(old.models),
          rpm_limit: old.rpm_limit,
          batch_lines_count: old.batch_lines_count,
          default_max_tokens: old.default_max_tokens,
          cache: old.cache && JSON.stringify(old.cache),
          expires_at: old.expires_at,
          revision,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const after = toApiKey(row);
      await this.record('key.rotated', { actor, before: toApiKey(old), after }, transaction);
      return after;
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

  private record(action: AuditAction, change: KeyChange, transaction: Transaction<Schema>): Promise<string> {
    return this.audit.record(eventOf(action, change), transaction);
  }

  private recordRules(
    { id, team_id: teamId, cache }: Pick<Selectable<ApiKeysTable>, 'id' | 'team_id' | 'cache'>,
    actor: Actor,
    transaction: Transaction<Schema>,
  ): Promise<string> {
    const details = { team_id: teamId, cache };
    return this.audit.record({ actor, action: 'key.cache_rules_changed', subject: id, details }, transaction);
  }

  /** What is live is how many of the revoked keys had not expired, in words. */
  private async revokeAllOf(teamId: string, transaction: Transaction<Schema>, actor: string): Promise<EndedData> {
    const revision = await this.revisions.raise('keys', transaction);
    const rows = await transaction
      .updateTable('api_keys')
      .set({ revoked_at: sql`now()`, updated_at: sql`now()`, revision })
      .where('team_id', '=', teamId)
      .where('revoked_at', 'is', null)
      .returningAll()
      .returning(sql<boolean>`coalesce(expires_at > now(), true)`.as('live'))
      .execute();
    const events = rows.map((row) => eventOf('key.revoked', { actor, before: toApiKey({ ...row, revoked_at: null }) }));
    const live = rows.filter((row) => row.live).length;
    return { events, live: live === 0 ? undefined : `${live} live ${live === 1 ? 'key' : 'keys'}` };
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

/** A change under the id of the key that was there before it. */
function eventOf(action: AuditAction, { actor, before, after }: KeyChange): NewAuditEvent {
  const subject = (before ?? after)?.id ?? null;
  return { actor, action, subject, before: before && toWire(before), after: after && toWire(after) };
}

/** A key that is not revoked. Locked by the transaction, which has raised the revision. */
function working(id: string, transaction: Transaction<Schema>): Promise<Selectable<ApiKeysTable> | undefined> {
  const query = transaction.selectFrom('api_keys').selectAll().where('id', '=', id);
  return query.where('revoked_at', 'is', null).executeTakeFirst();
}

/** A key as its row has it, without the hash. */
export function toApiKey(row: Selectable<ApiKeysTable>): ApiKey {
  return {
    id: row.id,
    teamId: row.team_id,
    name: row.name,
    role: row.role,
    prefix: row.prefix,
    models: row.models,
    rpmLimit: row.rpm_limit,
    batchLinesCount: row.batch_lines_count,
    defaultMaxTokens: row.default_max_tokens,
    cache: row.cache,
    managed: row.managed,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    replacedBy: row.replaced_by,
    revokedAt: row.revoked_at,
  };
}

/** The key's cache rules merged with changes; null if no rule is left. */
function rulesAfter(changes: NonNullable<KeyCacheRulesChange>): RawBuilder<string> {
  return sql`nullif(jsonb_strip_nulls(coalesce(cache, '{}') || ${JSON.stringify(changes)}::jsonb), '{}')`;
}
