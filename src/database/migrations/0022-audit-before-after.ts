import { type Kysely, sql } from 'kysely';

/** What each change under /admin changed: the object before and after it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE audit_events ADD COLUMN before jsonb, ADD COLUMN after jsonb`.execute(db);
}
