import { type Kysely, sql } from 'kysely';

/** What could not be read of the journals, so that every replica can say so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE journal_damages (
    segment text NOT NULL, position bigint NOT NULL, lines int NOT NULL, bytes bigint NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (segment, position))`.execute(db);
}
