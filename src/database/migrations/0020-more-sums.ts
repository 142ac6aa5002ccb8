import { type Kysely, sql } from 'kysely';

/** The levels by the hour that days of other time zones are made of, each with the level that its rows are summed from. */
const LEVELS = [
  { grain: 'hour by caller', of: 'hour', keeps: ['team_id', 'key_id'] },
  { grain: 'hour by tags', of: 'hour', keeps: ['team_id', 'tags', 'tags_hash'] },
  { grain: 'hour by account', of: 'hour by team', keeps: ['team_id', 'model'] },
];
const DIMENSIONS = ['team_id', 'key_id', 'model', 'provider', 'cache_status', 'saved_by', 'stream', 'batch', 'tags'];
const SUMMED =
  'requests attempts failures paid input_tokens cached_input_tokens output_tokens reasoning_tokens list_cost_pusd cost_pusd saved_pusd'.split(
    ' ',
  );

/**
 * Reports count errors, estimates and latencies, from now on: of calls before, the roll-ups know the failures, and no
 * estimates and latencies. And an index for the rows of calls that failed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE usage_rollups ADD COLUMN errors bigint NOT NULL DEFAULT 0, ADD COLUMN estimated bigint NOT NULL DEFAULT 0,
      ADD COLUMN estimated_cost_pusd numeric NOT NULL DEFAULT 0, ADD COLUMN latency numeric NOT NULL DEFAULT 0`,
    sql`UPDATE usage_rollups SET errors = failures WHERE failures > 0`,
    ...LEVELS.flatMap(({ grain, of, keeps }) => [
      sql.raw(`CREATE TABLE usage_rollups_${grain.replaceAll(' ', '_')} PARTITION OF usage_rollups FOR VALUES IN ('${grain}')
        WITH (fillfactor = 70)`),
      level(grain, of, keeps),
    ]),
    sql`CREATE INDEX ledger_failed ON ledger (created_at) WHERE status >= 400`,
  ];
  for (const statement of statements) await statement.execute(db);
}

function level(grain: string, of: string, keeps: string[]) {
  const kept = DIMENSIONS.map((name) =>
    keeps.includes(name) ? name : `${name === 'stream' || name === 'batch' ? 'false' : "''"} AS ${name}`,
  );
  const hash = keeps.includes('tags_hash') ? 'tags_hash' : "''::bytea AS tags_hash";
  const sums = [...SUMMED, 'errors'];
  return sql.raw(`INSERT INTO usage_rollups (grain, period, ${DIMENSIONS.join(', ')}, tags_hash, ${sums.join(', ')})
    SELECT '${grain}', period, ${kept.join(', ')}, ${hash}, ${sums.map((name) => `sum(${name})`).join(', ')}
    FROM usage_rollups WHERE grain = '${of}' GROUP BY period, ${keeps.join(', ')}`);
}
