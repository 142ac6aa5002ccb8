import { Injectable } from '@nestjs/common';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { AlertsTable } from '../../database/tables/alert-tables';
import type { Alert } from '../alert';
import { toAlert } from '../alerts.repository';

/** A delivery that this process attempts now. */
export interface DueDelivery {
  alert: Alert;
  webhookId: string;
  url: string;
  format: 'signed' | 'slack';
  /** Encrypted. */
  secret: string | null;
  /** How many attempts were made, this one included. */
  tries: number;
}

/** During an attempt no other process claims the delivery; twice the longest attempt. */
const LEASE = sql`now() + interval '20 seconds'`;

@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  /**
   * Claims due deliveries, one for each webhook, the oldest first. Two processes never claim the same one.
   *
   * @param busy ids of webhooks to leave out
   */
  async claim(limit: number, busy: string[]): Promise<DueDelivery[]> {
    const { rows } = await sql<Selectable<AlertsTable> & Omit<DueDelivery, 'alert'>>`
      WITH due AS (
        SELECT next.alert_id, next.webhook_id FROM webhooks CROSS JOIN LATERAL (
          SELECT alert_id, webhook_id, next_at FROM webhook_deliveries
          WHERE webhook_id = webhooks.id AND state = 'pending' AND next_at <= now()
          ORDER BY next_at, alert_id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) next
        WHERE webhooks.active AND webhooks.deleted_at IS NULL AND webhooks.id <> ALL(${busy}::text[])
        ORDER BY next.next_at LIMIT ${limit}
      ), taken AS (
        UPDATE webhook_deliveries delivery SET tries = delivery.tries + 1, next_at = ${LEASE}
        FROM due WHERE delivery.alert_id = due.alert_id AND delivery.webhook_id = due.webhook_id
        RETURNING delivery.*
      )
      SELECT alerts.*, webhooks.id AS "webhookId", webhooks.url, webhooks.format, webhooks.secret, taken.tries
      FROM taken JOIN alerts ON alerts.id = taken.alert_id JOIN webhooks ON webhooks.id = taken.webhook_id`.execute(
      this.database.db,
    );
    return rows.map((row) => ({
      alert: toAlert(row),
      webhookId: row.webhookId,
      url: row.url,
      format: row.format,
      secret: row.secret,
      tries: row.tries,
    }));
  }

  async delivered({ alert, webhookId }: DueDelivery): Promise<void> {
    await this.database.db
      .updateTable('webhook_deliveries')
      .set({ state: 'delivered', last_error: null, delivered_at: sql`now()`, attempts: withAttempt(null) })
      .where('alert_id', '=', alert.id)
      .where('webhook_id', '=', webhookId)
      .execute();
  }

  /** Stores a failed attempt, unless the delivery has ended. @param againSeconds seconds until the next one; undefined for none */
  async failed({ alert, webhookId }: DueDelivery, problem: string, againSeconds: number | undefined): Promise<void> {
    await this.database.db
      .updateTable('webhook_deliveries')
      .set({
        state: againSeconds === undefined ? 'failed' : 'pending',
        last_error: problem,
        attempts: withAttempt(problem),
        next_at: sql`now() + make_interval(secs => ${againSeconds ?? 0})`,
      })
      .where('alert_id', '=', alert.id)
      .where('webhook_id', '=', webhookId)
      .where('state', '=', 'pending')
      .execute();
  }
}

/** The attempts of a delivery and the one that ends now. */
function withAttempt(error: string | null): RawBuilder<string> {
  return sql`attempts || ${JSON.stringify([{ at: new Date().toISOString(), error }])}::jsonb`;
}
