import { type Kysely, sql } from 'kysely';

/** Answers to calls with an `Idempotency-Key`, kept for a day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE idempotency_keys (
    team_id text NOT NULL, idempotency_key text NOT NULL, fingerprint text NOT NULL, epoch text NOT NULL, request_id text NOT NULL,
    state text NOT NULL, status int, headers jsonb, body bytea, expires_at timestamptz NOT NULL,
    PRIMARY KEY (team_id, idempotency_key))`.execute(db);
  await sql`CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at)`.execute(db);
}
