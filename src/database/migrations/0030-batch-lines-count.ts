import { type Kysely, sql } from 'kysely';

/** Whether the lines of a key's batches count as requests per minute. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE api_keys ADD COLUMN batch_lines_count boolean NOT NULL DEFAULT false`.execute(db);
}
