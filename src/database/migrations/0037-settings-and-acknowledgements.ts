import { type Kysely, sql } from 'kysely';

/**
 * Settings of the company and preferences of people; alerts can be acknowledged, deliveries keep their attempts, and audit events
 * name the team that they concern.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE company_settings (
      id text PRIMARY KEY CHECK (id = 'company'), timezone text NOT NULL, currency text NOT NULL, krw_per_usd text, rate_date text,
      updated_at timestamptz NOT NULL DEFAULT now())`,
    sql`CREATE TABLE preferences (key_id text PRIMARY KEY, value jsonb NOT NULL, updated_at timestamptz NOT NULL DEFAULT now())`,
    sql`ALTER TABLE alerts ADD COLUMN acknowledged_at timestamptz, ADD COLUMN acknowledged_by text`,
    sql`ALTER TABLE webhook_deliveries ADD COLUMN attempts jsonb NOT NULL DEFAULT '[]'`,
    sql`CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, alert_id)`,
    sql`ALTER TABLE audit_events ADD COLUMN team_id text`,
    sql`UPDATE audit_events SET team_id = coalesce(after ->> 'team_id', before ->> 'team_id', details ->> 'team_id',
      CASE WHEN subject LIKE 'team\\_%' THEN subject END,
      (SELECT api_keys.team_id FROM api_keys WHERE api_keys.id = subject))
      WHERE action ~ '^(team|key|budget|credits?|cache|session)\\.'`,
    sql`ALTER TABLE sessions ADD COLUMN team_id text`,
    sql`CREATE INDEX audit_events_team ON audit_events (team_id, id) WHERE team_id IS NOT NULL`,
  ];
  for (const statement of statements) await statement.execute(db);
}
