import { type Kysely, sql } from 'kysely';

/** Calls that asked for a fresh response, by the member or header that asked for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE cache_refreshes (
      day date NOT NULL, team_id text NOT NULL, model text NOT NULL, cause text NOT NULL, refreshes bigint NOT NULL,
      PRIMARY KEY (day, team_id, model, cause))`.execute(db);
}
