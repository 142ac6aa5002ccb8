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
  acknowledged_at: Date | null;
  /** The id of a key, or `admin`. */
  acknowledged_by: string | null;
  created_at: Generated<Date>;
}

export interface WebhooksTable {
  id: string;
  /** For Slack only what may be shown of it. */
  url: string;
  format: 'signed' | 'slack';
  /** Encrypted: what signs messages, or Slack's address, which is a secret itself. Null once deleted. */
  secret: string | null;
  /** Null is all kinds. */
  kinds: JSONColumnType<string[] | null, string | null, string | null>;
  /** Null is all teams. */
  team_id: string | null;
  active: boolean;
  last_tried_at: Date | null;
  /** Why the last message was not taken; null where it was. */
  last_error: string | null;
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
  /** Each attempt, the oldest first; those of older versions are missing. */
  attempts: JSONColumnType<DeliveryAttempt[], string | undefined, string>;
}

export interface DeliveryAttempt {
  /** RFC 3339. */
  at: string;
  /** Why the webhook did not accept the message; null where it did. */
  error: string | null;
}
