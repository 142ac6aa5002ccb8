import type { Generated, JSONColumnType } from 'kysely';

export interface AlertTables {
  alerts: AlertsTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
}

export interface AlertsTable {
  id: string;
  kind: string;
  /** What the alert is about; the same is told once. */
  dedupe_key: string;
  severity: 'info' | 'warning' | 'critical';
  team_id: string | null;
  data: JSONColumnType<Record<string, unknown>>;
  text_en: string;
  text_ko: string;
  created_at: Generated<Date>;
}

export interface WebhooksTable {
  id: string;
  url: string;
  format: 'signed' | 'slack';
  /** Encrypted; null for Slack, whose address is the secret. */
  secret: string | null;
  /** Null is all kinds. */
  kinds: JSONColumnType<string[] | null, string | null, string | null>;
  /** Null is all teams. */
  team_id: string | null;
  active: boolean;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  deleted_at: Date | null;
}

/** An alert on its way to a webhook. */
export interface WebhookDeliveriesTable {
  alert_id: string;
  webhook_id: string;
  state: 'pending' | 'delivered' | 'failed';
  tries: Generated<number>;
  /** When it is tried next; while a process tries, when another one may. */
  next_at: Generated<Date>;
  last_error: string | null;
  delivered_at: Date | null;
}
