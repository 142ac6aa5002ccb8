import { type Kysely, sql } from 'kysely';

/** The sample of repeated requests also has the cache generation, which tells an invalidation from other misses. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX ledger_sample`.execute(db);
  await sql`CREATE INDEX ledger_sample ON ledger (request_id, attempt)
    INCLUDE (created_at, state, corrects, team_id, question, model, cache_status, cache_generation, uncached, cost_pusd)
    WHERE (question & 63) = 0`.execute(db);
}
