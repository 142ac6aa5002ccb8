import { type Kysely, sql } from 'kysely';

/** How a webhook's last message went, and indexes for what is asked often. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE webhooks ADD COLUMN last_tried_at timestamptz, ADD COLUMN last_error text`,
    sql`DROP INDEX webhook_deliveries_due`,
    sql`CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE state = 'pending'`,
    sql`CREATE INDEX usage_rollups_team ON usage_rollups (team_id, grain, period)`,
    sql`CREATE INDEX idempotency_keys_running ON idempotency_keys (epoch) WHERE state = 'running'`,
  ];
  for (const statement of statements) await statement.execute(db);
}
