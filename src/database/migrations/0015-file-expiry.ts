import { type Kysely, sql } from 'kysely';

/** OpenAI's `expires_after` of a file, and `output_expires_after` of a batch; null keeps a file until it is deleted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE files ADD COLUMN expires_at timestamptz`.execute(db);
  await sql`ALTER TABLE batches ADD COLUMN output_expires_after_s integer`.execute(db);
}
