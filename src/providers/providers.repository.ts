import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { VendorName } from '@thriftgate/providers';
import { AuditRepository } from '../audit/audit.repository';
import { type Actor, idOf, requireSeen } from '../audit/seen-version';
import { SecretBox } from '../config/secret-box.service';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { Schema } from '../database/schema';
import type { ProviderKeysTable, ProvidersTable } from '../database/tables/provider-tables';
import {
  auditedKey,
  auditedProvider,
  type StoredKey,
  type StoredProvider,
  type StoredProviders,
  versionedProvider,
} from './stored-provider';

export interface ProviderChange {
  name: string;
  actor: Actor;
  /** Computes the provider from the one before, without another change in between; null for none. */
  work: (before: StoredProvider | null) => StoredProvider | null;
  /** Keys of a new provider. */
  keys?: readonly StoredKey[];
}

export interface KeyChange {
  provider: string;
  actor: string;
  /** A new key; its secret is stored encrypted. */
  added: StoredKey | undefined;
  /** The id of a key that goes with the same change; undefined for none. */
  removedId: string | undefined;
}

/** Stores providers and their keys. Secrets are encrypted, each bound to its row. */
@Injectable()
export class ProvidersRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
    private readonly secrets: SecretBox,
  ) {}

  async all(): Promise<StoredProviders> {
    const [providers, keys] = await Promise.all([
      this.database.db.selectFrom('admin_providers').selectAll().orderBy('name').execute(),
      this.database.db.selectFrom('provider_keys').selectAll().orderBy('id').execute(),
    ]);
    return { providers: providers.map((row) => this.toProvider(row)), keys: keys.map((row) => this.toKey(row)) };
  }

  /**
   * Creates, changes or deletes a provider. A deleted one takes the gateway's keys and the teams' own with it.
   *
   * @throws GatewayError `precondition_failed` if the actor has seen another version of the provider
   */
  change({ name, actor, work, keys = [] }: ProviderChange): Promise<StoredProvider | null> {
    return this.within(async (transaction) => {
      const query = transaction.selectFrom('admin_providers').selectAll().where('name', '=', name).forUpdate();
      const row = await query.executeTakeFirst();
      const before = row ? this.toProvider(row) : null;
      if (before) requireSeen(actor, versionedProvider(before));
      const after = work(before);
      if (after) await this.put(after, transaction);
      else {
        await transaction.deleteFrom('provider_keys').where('provider', '=', name).execute();
        await transaction.deleteFrom('admin_providers').where('name', '=', name).execute();
      }
      const action = after ? (before ? 'provider.updated' : 'provider.created') : 'provider.deleted';
      const objects = {
        before: before ? auditedProvider(before) : undefined,
        after: after ? auditedProvider(after) : undefined,
      };
      await this.audit.record({ actor: idOf(actor), action, subject: name, ...objects }, transaction);
      for (const key of keys) await this.add(key, idOf(actor), transaction);
      return after;
    });
  }

  /** @returns the key that was removed; undefined if there is none with that id, and then nothing is changed */
  changeKeys({ provider, actor, added, removedId }: KeyChange): Promise<StoredKey | undefined> {
    return this.within(async (transaction) => {
      const removed = removedId === undefined ? undefined : await this.remove(provider, removedId, transaction);
      if (removedId !== undefined && !removed) return undefined;
      if (added && !removed) await this.add(added, actor, transaction);
      else if (added) await this.insert(added, transaction);
      if (removed) {
        const action = added ? 'provider_key.replaced' : 'provider_key.deleted';
        const objects = { before: auditedKey(removed), after: added && auditedKey(added) };
        await this.audit.record({ actor, action, subject: removed.id, ...objects }, transaction);
      }
      return removed;
    });
  }

  /** Records a test of a provider. */
  async recordTest(name: string, details: Record<string, unknown>, actor: string): Promise<void> {
    await this.audit.record({ actor, action: 'provider.tested', subject: name, details });
  }

  /** Encrypts under the present SECRET_KEY what was encrypted under another one. */
  async renewSecrets(): Promise<void> {
    const { db } = this.database;
    for (const { id, secret } of await db.selectFrom('provider_keys').select(['id', 'secret']).execute()) {
      const renewed = this.renewed(secret, keyPlace(id));
      const query = db.updateTable('provider_keys').where('id', '=', id).where('secret', '=', secret);
      if (renewed !== undefined) await query.set({ secret: renewed }).execute();
    }
    for (const { name, headers } of await db.selectFrom('admin_providers').select(['name', 'headers']).execute()) {
      const renewed = headers === null ? undefined : this.renewed(headers, headersPlace(name));
      const query = db.updateTable('admin_providers').where('name', '=', name).where('headers', '=', headers);
      if (renewed !== undefined) await query.set({ headers: renewed }).execute();
    }
  }

  private renewed(closed: string, place: string): string | undefined {
    const opened = this.secrets.isCurrent(closed) ? undefined : this.secrets.open(closed, place);
    return opened === undefined ? undefined : this.secrets.close(opened, place);
  }

  private async put(provider: StoredProvider, transaction: Transaction<Schema>): Promise<void> {
    const { name, type, baseUrl, headers, query, enabled, servesCatalogue } = provider;
    const text = Object.keys(headers).length > 0 ? JSON.stringify(headers) : null;
    const row = {
      type,
      base_url: baseUrl,
      headers: text === null ? null : this.secrets.close(text, headersPlace(name)),
      query: JSON.stringify(query),
      enabled,
      serves_catalogue: servesCatalogue,
    };
    // As an entity tag has it: changes at once, or after the clock is set back, have different times too.
    const updatedAt = sql<Date>`greatest(now(), admin_providers.updated_at + interval '1 millisecond')`;
    await transaction
      .insertInto('admin_providers')
      .values({ name, ...row })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ ...row, updated_at: updatedAt }))
      .execute();
  }

  private async add(key: StoredKey, actor: string, transaction: Transaction<Schema>): Promise<void> {
    await this.insert(key, transaction);
    const action = 'provider_key.created';
    await this.audit.record({ actor, action, subject: key.id, after: auditedKey(key) }, transaction);
  }

  private async insert(key: StoredKey, transaction: Transaction<Schema>): Promise<void> {
    const { id, provider, teamId, name, secret = '', hint, fallback } = key;
    const row = {
      id,
      provider,
      team_id: teamId,
      name,
      hint,
      fallback,
      secret: this.secrets.close(secret, keyPlace(id)),
    };
    await transaction.insertInto('provider_keys').values(row).execute();
  }

  private async remove(provider: string, id: string, db: Kysely<Schema>): Promise<StoredKey | undefined> {
    const query = db.deleteFrom('provider_keys').where('id', '=', id).where('provider', '=', provider);
    const row = await query.returningAll().executeTakeFirst();
    return row && this.toKey(row);
  }

  private within<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(async (transaction) => {
      const result = await work(transaction);
      await this.revisions.raise('providers', transaction);
      return result;
    });
  }

  private toProvider(row: Selectable<ProvidersTable>): StoredProvider {
    const headers = row.headers === null ? '{}' : this.secrets.open(row.headers, headersPlace(row.name));
    return {
      name: row.name,
      type: row.type as VendorName,
      baseUrl: row.base_url,
      headers: JSON.parse(headers ?? '{}') as Record<string, string>,
      query: row.query,
      enabled: row.enabled,
      servesCatalogue: row.serves_catalogue,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }

  private toKey(row: Selectable<ProviderKeysTable>): StoredKey {
    return {
      id: row.id,
      provider: row.provider,
      teamId: row.team_id,
      name: row.name,
      secret: this.secrets.open(row.secret, keyPlace(row.id)),
      hint: row.hint,
      fallback: row.fallback,
      createdAt: row.created_at,
    };
  }
}

function keyPlace(id: string): string {
  return `provider_keys/${id}`;
}

function headersPlace(name: string): string {
  return `admin_providers/${name}/headers`;
}
