import { type Kysely, sql } from 'kysely';

/**
 * Counters of the response cache, so that its statistics read no rows of the ledger and outlive them. What is in the ledger
 * already is carried over.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE cache_rollups (
      day date NOT NULL, team_id text NOT NULL, model text NOT NULL, generation int NOT NULL, upstream_model text NOT NULL,
      cache_status text NOT NULL, uncached text NOT NULL,
      requests bigint NOT NULL, refused bigint NOT NULL, saved_pusd numeric NOT NULL,
      PRIMARY KEY (day, team_id, model, generation, upstream_model, cache_status, uncached))`,
    sql`INSERT INTO cache_rollups
      SELECT (created_at AT TIME ZONE 'UTC')::date, team_id, model, cache_generation, left(coalesce(upstream_model, ''), 200),
        cache_status, coalesce(uncached, ''), count(*) FILTER (WHERE attempt = 1), count(uncached), sum(saved_pusd)
      FROM ledger WHERE state <> 'dispatched' AND (attempt = 1 OR uncached IS NOT NULL OR saved_pusd <> 0)
      GROUP BY 1, 2, 3, 4, 5, 6, 7`,
    sql`CREATE TABLE cache_evictions (
      day date NOT NULL, team_id text NOT NULL, model text NOT NULL, generation int NOT NULL, evictions bigint NOT NULL,
      PRIMARY KEY (day, team_id, model, generation))`,
    sql`ALTER TABLE processes ADD COLUMN cache_bytes jsonb`,
  ];
  for (const statement of statements) await statement.execute(db);
}
