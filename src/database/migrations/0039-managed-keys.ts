import { type Kysely, sql } from 'kysely';

/** A team may have one key that the gateway has made for the console. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE api_keys ADD COLUMN managed boolean NOT NULL DEFAULT false`.execute(db);
  await sql`CREATE UNIQUE INDEX api_keys_managed ON api_keys (team_id) WHERE managed AND revoked_at IS NULL`.execute(
    db,
  );
}
