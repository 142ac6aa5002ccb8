import { type Kysely, sql } from 'kysely';

/**
 * What the price of an attempt depends on besides its tokens, for re-rating. Rows that exist already say that they lack it,
 * without being written again: a default costs no rewrite.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE ledger ADD COLUMN rated jsonb DEFAULT '{"unknown": true}'`.execute(db);
  await sql`ALTER TABLE ledger ALTER COLUMN rated DROP DEFAULT`.execute(db);
}
