import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database } from '../../database/database.connection';
import type { AlertsTable, WebhookDeliveriesTable } from '../../database/tables/alert-tables';
import type { Alert } from '../alert';
import { toAlert } from '../alerts.repository';

type DeliveryRow = Pick<
  Selectable<WebhookDeliveriesTable>,
  'state' | 'tries' | 'attempts' | 'next_at' | 'delivered_at'
>;

/** An alert on its way to a webhook. */
export interface AlertDelivery {
  alert: Alert;
  delivery: DeliveryRow;
}

/** Which deliveries of a webhook to list. */
export interface DeliveriesFilter {
  state?: DeliveryRow['state'] | undefined;
  /** Only alerts older than this one. */
  cursor?: string | undefined;
  limit: number;
}

/** Reads what was sent to webhooks. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: Database) {}

  /** The deliveries of a webhook, newest alert first: one more than the limit. */
  async list(webhookId: string, { state, cursor, limit }: DeliveriesFilter): Promise<AlertDelivery[]> {
    const rows = await this.database.db
      .selectFrom('webhook_deliveries as delivery')
      .innerJoin('alerts', 'alerts.id', 'delivery.alert_id')
      .selectAll('alerts')
      .select(['state', 'tries', 'attempts', 'next_at', 'delivered_at'])
      .where('webhook_id', '=', webhookId)
      .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'pending'))
      .$if(cursor !== undefined, (query) => query.where('alert_id', '<', cursor ?? ''))
      .orderBy('alert_id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map((row: Selectable<AlertsTable> & DeliveryRow) => ({ alert: toAlert(row), delivery: row }));
  }
}
