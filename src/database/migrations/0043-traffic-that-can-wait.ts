import { type Kysely, sql } from 'kysely';

const KEPT = 'team_id, model, saved_by, stream, batch';
const SUMMED =
  'requests attempts failures paid errors estimated input_tokens cached_input_tokens output_tokens reasoning_tokens list_cost_pusd cost_pusd saved_pusd estimated_cost_pusd latency'.split(
    ' ',
  );

/** Roll-ups for the advice on traffic that can wait, which read the finest rows of a month. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE usage_rollups_day_by_traffic PARTITION OF usage_rollups FOR VALUES IN ('day by traffic')
      WITH (fillfactor = 70)`,
    sql.raw(`INSERT INTO usage_rollups (grain, period, ${KEPT}, key_id, provider, cache_status, tags, tags_hash,
        ${SUMMED.join(', ')})
      SELECT 'day by traffic', period, ${KEPT}, '', '', '', '', ''::bytea,
        ${SUMMED.map((name) => `sum(${name})`).join(', ')}
      FROM usage_rollups WHERE grain = 'day' GROUP BY period, ${KEPT}`),
  ];
  for (const statement of statements) await statement.execute(db);
}
