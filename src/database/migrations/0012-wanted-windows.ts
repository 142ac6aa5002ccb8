import { type Kysely, sql } from 'kysely';

/** Every process asks twice a second which windows are to be enlarged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX budget_windows_wanted ON budget_windows (wanted_at) WHERE wanted_at IS NOT NULL`.execute(db);
}
