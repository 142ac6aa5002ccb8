import { type Kysely, sql } from 'kysely';

/** Whose request creates a vendor's batch, and since when that batch is missing at the vendor although the request has ended. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE batch_shards ADD COLUMN creating_by text, ADD COLUMN missing_at timestamptz`.execute(db);
}
