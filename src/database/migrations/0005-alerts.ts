import { type Kysely, sql } from 'kysely';

/** Alerts, each raised once, and the webhooks that they are sent to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE alerts (
      id text PRIMARY KEY, kind text NOT NULL, dedupe_key text NOT NULL UNIQUE, severity text NOT NULL, team_id text,
      data jsonb NOT NULL, text_en text NOT NULL, text_ko text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`,
    sql`CREATE TABLE webhooks (
      id text PRIMARY KEY, url text NOT NULL, format text NOT NULL, secret text, kinds jsonb, team_id text, active boolean NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz)`,
    sql`CREATE TABLE webhook_deliveries (
      alert_id text NOT NULL REFERENCES alerts (id), webhook_id text NOT NULL REFERENCES webhooks (id), state text NOT NULL,
      tries int NOT NULL DEFAULT 0, next_at timestamptz NOT NULL DEFAULT now(), last_error text, delivered_at timestamptz,
      PRIMARY KEY (alert_id, webhook_id))`,
    sql`CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'pending'`,
  ];
  for (const statement of statements) await statement.execute(db);
}
