import { type Kysely, sql } from 'kysely';

/** How often a vendor has refused a shard in a row: a failed request in between is no refusal, and an accepted one ends no row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE batch_shards ADD COLUMN refusals int NOT NULL DEFAULT 0`.execute(db);
}
