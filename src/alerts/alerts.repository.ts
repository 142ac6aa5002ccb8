import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql } from 'kysely';
import { namesOf } from '../audit/audit-names.repository';
import { AuditRepository } from '../audit/audit.repository';
import { Database } from '../database/database.connection';
import type { Schema } from '../database/schema';
import type { AlertsTable } from '../database/tables/alert-tables';
import type { Alert, AlertData, AlertKind, NewAlert } from './alert';
import { idsIn, nameMembers, withNames } from './alert-names';
import { textsOf } from './alert-texts';

export interface AlertFilter {
  kinds?: readonly string[] | undefined;
  acknowledged?: boolean | undefined;
  teamId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** The state of the delivery of an alert to a webhook. */
export interface Delivery {
  webhookId: string;
  state: 'pending' | 'delivered' | 'failed';
  tries: number;
  lastError: string | null;
}

/** Kinds that only webhooks get which name them. */
const SENT_ON_REQUEST: AlertKind[] = [
  'models_retargeted',
  'batch.completed',
  'batch.failed',
  'batch.expired',
  'batch.cancelled',
];

@Injectable()
export class AlertsRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditRepository,
  ) {}

  /**
   * Stores an alert and its deliveries.
   *
   * @param db a transaction that also has what the alert is about
   * @returns undefined if an alert with its `dedupeKey` exists
   */
  async insert(id: string, alert: NewAlert, db: Kysely<Schema> = this.database.db): Promise<Alert | undefined> {
    const names = await namesOf(idsIn(alert), db);
    const { en, ko } = textsOf(alert.kind, alert.data);
    const data = { ...alert.data, ...nameMembers(alert, names) };
    const { rows } = await sql<Selectable<AlertsTable>>`
      WITH raised AS (
        INSERT INTO alerts (id, kind, dedupe_key, severity, team_id, data, text_en, text_ko)
        VALUES (${id}, ${alert.kind}, ${alert.dedupeKey}, ${alert.severity}, ${alert.teamId}, ${JSON.stringify(data)}::jsonb, ${withNames(en, names)}, ${withNames(ko, names)})
        ON CONFLICT (dedupe_key) DO NOTHING RETURNING *
      ), sent AS (
        INSERT INTO webhook_deliveries (alert_id, webhook_id, state)
        SELECT raised.id, webhooks.id, 'pending' FROM raised, webhooks
        WHERE webhooks.active AND webhooks.deleted_at IS NULL AND CASE WHEN webhooks.kinds IS NULL THEN raised.kind <> ALL (${SENT_ON_REQUEST}::text[]) ELSE webhooks.kinds @> to_jsonb(raised.kind) END
          AND (webhooks.team_id IS NULL OR webhooks.team_id = raised.team_id)
      )
      SELECT * FROM raised`.execute(db);
    return rows[0] && toAlert(rows[0]);
  }

  /** Alerts after `after`, newest first. */
  async list(filter: AlertFilter, after: string | undefined, limit: number): Promise<Alert[]> {
    const rows = await this.database.db
      .selectFrom('alerts')
      .selectAll()
      .$if(filter.kinds !== undefined, (query) => query.where('kind', 'in', filter.kinds ?? []))
      .$if(filter.acknowledged !== undefined, (query) =>
        query.where('acknowledged_at', filter.acknowledged === true ? 'is not' : 'is', null),
      )
      .$if(filter.teamId !== undefined, (query) => query.where('team_id', '=', filter.teamId ?? ''))
      .$if(filter.from !== undefined, (query) => query.where('created_at', '>=', filter.from ?? new Date(0)))
      .$if(filter.to !== undefined, (query) => query.where('created_at', '<', filter.to ?? new Date(0)))
      .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toAlert);
  }

  /** The number of unacknowledged alerts since a time, of a team or of all. */
  async unacknowledged(since: Date, teamId: string | undefined): Promise<number> {
    const { count } = await this.database.db
      .selectFrom('alerts')
      .select(({ fn }) => fn.countAll<bigint>().as('count'))
      .where('acknowledged_at', 'is', null)
      .where('created_at', '>=', since)
      .$if(teamId !== undefined, (query) => query.where('team_id', '=', teamId ?? ''))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /**
   * Notes who has seen an alert; the first one stays.
   *
   * @param teamId only an alert of this team
   * @returns undefined if there is no such alert
   */
  acknowledge(id: string, actor: string, teamId: string | undefined): Promise<Alert | undefined> {
    return this.database.db.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('alerts')
        .selectAll()
        .where('id', '=', id)
        .$if(teamId !== undefined, (query) => query.where('team_id', '=', teamId ?? ''))
        .forUpdate()
        .executeTakeFirst();
      if (!row || row.acknowledged_at) return row && toAlert(row);
      const after = await transaction
        .updateTable('alerts')
        .set({ acknowledged_at: sql`now()`, acknowledged_by: actor })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      const details = { kind: row.kind, team_id: row.team_id };
      await this.audit.record({ actor, action: 'alert.acknowledged', subject: id, details }, transaction);
      return toAlert(after);
    });
  }

  /** The newest alerts that were raised after a time, oldest first. */
  async since(time: Date, limit: number): Promise<Alert[]> {
    const query = this.database.db.selectFrom('alerts').selectAll().where('created_at', '>', time);
    const rows = await query.orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toAlert).toReversed();
  }

  async deliveriesOf(alertIds: string[]): Promise<Map<string, Delivery[]>> {
    const byAlert = new Map<string, Delivery[]>();
    if (alertIds.length === 0) return byAlert;
    const rows = await this.database.db
      .selectFrom('webhook_deliveries')
      .select(['alert_id', 'webhook_id', 'state', 'tries', 'last_error'])
      .where('alert_id', 'in', alertIds)
      .orderBy('webhook_id')
      .execute();
    for (const row of rows) {
      const delivery = { webhookId: row.webhook_id, state: row.state, tries: row.tries, lastError: row.last_error };
      byAlert.set(row.alert_id, [...(byAlert.get(row.alert_id) ?? []), delivery]);
    }
    return byAlert;
  }
}

export function toAlert(row: Selectable<AlertsTable>): Alert {
  return {
    id: row.id,
    kind: row.kind as AlertKind,
    severity: row.severity,
    teamId: row.team_id,
    data: row.data as AlertData[AlertKind],
    textEn: row.text_en,
    textKo: row.text_ko,
    acknowledged: row.acknowledged_at && { at: row.acknowledged_at, by: row.acknowledged_by ?? '' },
    createdAt: row.created_at,
  };
}
