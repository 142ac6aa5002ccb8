import { type Kysely, sql } from 'kysely';

/** The limits of output tokens that administrators set for calls without one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE api_keys ADD COLUMN default_max_tokens int`.execute(db);
  await sql`ALTER TABLE admin_models ADD COLUMN default_max_tokens int`.execute(db);
}
