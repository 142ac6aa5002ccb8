import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { WebhooksTable } from '../../database/tables/alert-tables';

export interface Webhook {
  id: string;
  /** For Slack the masked URL. */
  url: string;
  format: 'signed' | 'slack';
  /** Encrypted: the signing secret, or Slack's URL. */
  secret: string | null;
  kinds: string[] | null;
  teamId: string | null;
  active: boolean;
  /** The last attempt to send a message; null before the first. */
  lastAttempt: { at: Date; problem: string | null } | null;
  createdAt: Date;
  updatedAt: Date;
}

export type WebhookChanges = Partial<Pick<Webhook, 'url' | 'kinds' | 'teamId' | 'active' | 'secret'>>;

@Injectable()
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  async insert(webhook: Omit<Webhook, 'lastAttempt' | 'createdAt' | 'updatedAt'>): Promise<Webhook> {
    const row = await this.database.db
      .insertInto('webhooks')
      .values({
        id: webhook.id,
        url: webhook.url,
        format: webhook.format,
        secret: webhook.secret,
        kinds: webhook.kinds && JSON.stringify(webhook.kinds),
        team_id: webhook.teamId,
        active: webhook.active,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toWebhook(row);
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

  async find(id: string): Promise<Webhook | undefined> {
    const row = await this.database.db
      .selectFrom('webhooks')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    return row && toWebhook(row);
  }

  async update(id: string, changes: WebhookChanges): Promise<Webhook | undefined> {
    const row = await this.database.db
      .updateTable('webhooks')
      .set({
        ...(changes.url !== undefined && { url: changes.url }),
        ...(changes.secret !== undefined && { secret: changes.secret }),
        ...(changes.kinds !== undefined && { kinds: changes.kinds && JSON.stringify(changes.kinds) }),
        ...(changes.teamId !== undefined && { team_id: changes.teamId }),
        ...(changes.active !== undefined && { active: changes.active }),
        updated_at: sql`now()`,
      })
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    return row && toWebhook(row);
  }

  /** Stores the result of the last attempt. @param problem why the webhook did not accept the message; undefined if it did */
  async noteDelivery(id: string, problem: string | undefined): Promise<void> {
    await this.database.db
      .updateTable('webhooks')
      .set({ last_tried_at: sql`now()`, last_error: problem ?? null })
      .where('id', '=', id)
      .execute();
  }

  /** Deletes a webhook and cancels its pending deliveries. @returns false if there is no such webhook */
  async delete(id: string): Promise<boolean> {
    return this.database.db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('webhook_deliveries')
        .set({ state: 'failed', last_error: 'the webhook was deleted' })
        .where('webhook_id', '=', id)
        .where('state', '=', 'pending')
        .execute();
      const result = await transaction
        .updateTable('webhooks')
        .set({ deleted_at: sql`now()`, active: false, secret: null })
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }
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
