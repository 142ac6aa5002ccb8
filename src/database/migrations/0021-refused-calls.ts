import { type Kysely, sql } from 'kysely';

/** Calls that the gateway refused before an upstream was asked, counted by quarter of an hour. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE refused_calls (
    period timestamptz NOT NULL, team_id text NOT NULL, key_id text NOT NULL, model text NOT NULL, error_code text NOT NULL,
    status smallint NOT NULL, calls bigint NOT NULL,
    PRIMARY KEY (period, team_id, key_id, model, error_code))`.execute(db);
}
