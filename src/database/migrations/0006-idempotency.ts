import { type Kysely, sql } from 'kysely';

/** Which calls were made under which `Idempotency-Key`, with their answers, for a day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE idempotency_keys (
      team_id text NOT NULL, key_id text NOT NULL, idempotency_key text COLLATE "C" NOT NULL, endpoint text NOT NULL,
      fingerprint text NOT NULL, state text NOT NULL, repeatable boolean NOT NULL, epoch text NOT NULL, request_id text NOT NULL,
      status smallint, headers jsonb, body bytea, created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
      PRIMARY KEY (team_id, key_id, idempotency_key))`,
    sql`CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at)`,
    sql`CREATE INDEX idempotency_keys_running ON idempotency_keys (epoch) WHERE state = 'running'`,
  ];
  for (const statement of statements) await statement.execute(db);
}
