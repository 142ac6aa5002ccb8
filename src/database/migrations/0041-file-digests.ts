import { type Kysely, sql } from 'kysely';

/** SHA-256 of a file's content, so that a download can be checked. Files from before have none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE files ADD COLUMN sha256 text`.execute(db);
}
