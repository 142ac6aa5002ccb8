import { Injectable } from '@nestjs/common';
import type { AuditAction } from '@thriftgate/contracts';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { AuditRepository } from '../../audit/audit.repository';
import type { Actor } from '../../audit/seen-version';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import type { WebhooksTable } from '../../database/tables/alert-tables';
import { settingsToWire, type Webhook } from './webhook';

/** Changes of a webhook; omitted members do not change. */
export type WebhookChanges = Partial<Pick<Webhook, 'url' | 'kinds' | 'teamId' | 'active' | 'secret'>>;

@Injectable()
export class WebhooksRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditRepository,
  ) {}

  insert(webhook: Omit<Webhook, 'lastAttempt' | 'createdAt' | 'updatedAt'>, actor: string): Promise<Webhook> {
    return this.change(async (transaction) => {
      const values = {
        id: webhook.id,
        url: webhook.url,
        format: webhook.format,
        secret: webhook.secret,
        kinds: webhook.kinds && JSON.stringify(webhook.kinds),
        team_id: webhook.teamId,
        active: webhook.active,
      };
      const query = transaction.insertInto('webhooks').values(values).returningAll();
      const after = toWebhook(await query.executeTakeFirstOrThrow());
      await this.record('webhook.created', { actor, after }, transaction);
      return after;
    });
  }

  async list(): Promise<Webhook[]> {
    const rows = await this.database.db
      .selectFrom('webhooks')
      .selectAll()
      .where('deleted_at', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map(toWebhook);
  }

  find(id: string): Promise<Webhook | undefined> {
    return find(id, this.database.db);
  }

  /** @returns undefined if there is no such webhook */
  update(id: string, changes: WebhookChanges, actor: Actor): Promise<Webhook | undefined> {
    const columns = {
      ...(changes.url !== undefined && { url: changes.url }),
      ...(changes.secret !== undefined && { secret: changes.secret }),
      ...(changes.kinds !== undefined && { kinds: changes.kinds && JSON.stringify(changes.kinds) }),
      ...(changes.teamId !== undefined && { team_id: changes.teamId }),
      ...(changes.active !== undefined && { active: changes.active }),
    };
    return this.change(async (transaction) => {
      const before = await find(id, transaction);
      if (!before) return undefined;
      const row = await transaction
        .updateTable('webhooks')
        .set({ ...columns, updated_at: sql`now()` })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      const after = toWebhook(row);
      const details = changes.secret === undefined ? {} : { secret_changed: true };
      await this.record('webhook.updated', { actor, before, after, details }, transaction);
      return after;
    });
  }

  /** @param problem why the webhook did not accept the test message; undefined if it did */
  async recordTest(id: string, problem: string | undefined, actor: string): Promise<void> {
    const details = { delivered: problem === undefined, error: problem ?? null };
    await this.audit.record({ actor, action: 'webhook.tested', subject: id, details });
  }

  /** Stores the result of the last attempt. @param problem why the webhook did not accept the message; undefined if it did */
  async noteDelivery(id: string, problem: string | undefined): Promise<void> {
    await this.database.db
      .updateTable('webhooks')
      .set({ last_tried_at: sql`now()`, last_error: problem ?? null })
      .where('id', '=', id)
      .execute();
  }

  /** Stores a secret that was encrypted anew, unless it was changed in between. */
  async renewSecret(id: string, before: string, now: string): Promise<void> {
    await this.database.db
      .updateTable('webhooks')
      .set({ secret: now })
      .where('id', '=', id)
      .where('secret', '=', before)
      .execute();
  }

  /** Deletes a webhook and cancels its pending deliveries. @returns false if there is no such webhook */
  delete(id: string, actor: Actor): Promise<boolean> {
    return this.change(async (transaction) => {
      const before = await find(id, transaction);
      if (!before) return false;
      await transaction
        .updateTable('webhook_deliveries')
        .set({ state: 'failed', last_error: 'the webhook was deleted' })
        .where('webhook_id', '=', id)
        .where('state', '=', 'pending')
        .execute();
      await transaction
        .updateTable('webhooks')
        .set({ deleted_at: sql`now()`, active: false, secret: null })
        .where('id', '=', id)
        .execute();
      await this.record('webhook.deleted', { actor, before }, transaction);
      return true;
    });
  }

  private record(
    action: AuditAction,
    change: { actor: Actor; before?: Webhook; after?: Webhook; details?: Record<string, unknown> },
    transaction: Transaction<Schema>,
  ): Promise<string> {
    const { actor, before, after, details } = change;
    const objects = { before: before && settingsToWire(before), after: after && settingsToWire(after) };
    const subject = (before ?? after)?.id ?? null;
    return this.audit.record({ actor, action, subject, ...objects, ...(details && { details }) }, transaction);
  }

  private change<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(work);
  }
}

/** In a transaction the webhook is locked until its end. */
async function find(id: string, db: Kysely<Schema>): Promise<Webhook | undefined> {
  const query = db.selectFrom('webhooks').selectAll().where('id', '=', id).where('deleted_at', 'is', null);
  const row = await query.$if(db.isTransaction, (locking) => locking.forUpdate()).executeTakeFirst();
  return row && toWebhook(row);
}

function toWebhook(row: Selectable<WebhooksTable>): Webhook {
  return {
    id: row.id,
    url: row.url,
    format: row.format,
    secret: row.secret,
    kinds: row.kinds,
    teamId: row.team_id,
    active: row.active,
    lastAttempt: row.last_tried_at && { at: row.last_tried_at, problem: row.last_error },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
