import { type Kysely, sql } from 'kysely';

const SAME = 'period';
const SIX_HOURS = "date_bin('6 hours', period, '1970-01-01Z')";
const DAY = "date_trunc('day', period, 'UTC')";
/** Each new kind of rows, with those that they are summed from. */
const LEVELS = [
  { grain: 'day by key_model', of: 'day by manner', start: DAY, keeps: ['team_id', 'key_id', 'model'] },
  { grain: 'six_hours by caller', of: 'hour by caller', start: SIX_HOURS, keeps: ['team_id', 'key_id'] },
  { grain: 'day by caller', of: 'six_hours by caller', start: DAY, keeps: ['team_id', 'key_id'] },
  { grain: 'six_hours by account', of: 'hour by account', start: SIX_HOURS, keeps: ['team_id', 'model'] },
  { grain: 'day by account', of: 'six_hours by account', start: DAY, keeps: ['team_id', 'model'] },
  { grain: 'hour by team_only', of: 'hour by account', start: SAME, keeps: ['team_id'] },
  { grain: 'six_hours by team_only', of: 'six_hours by account', start: SAME, keeps: ['team_id'] },
  { grain: 'day by team_only', of: 'day by account', start: DAY, keeps: ['team_id'] },
  {
    grain: 'six_hours by model',
    of: 'hour by model',
    start: SIX_HOURS,
    keeps: ['model', 'provider', 'cache_status', 'saved_by'],
  },
  { grain: 'hour by model_tag', of: 'hour', start: SAME, keeps: ['model', 'tags', 'tags_hash'] },
  { grain: 'day by model_tag', of: 'day by tag', start: DAY, keeps: ['model', 'tags', 'tags_hash'] },
];
const MISSING: Readonly<Record<string, string>> = { stream: 'false', batch: 'false', tags_hash: "''::bytea" };
const DIMENSIONS = 'team_id key_id model provider cache_status saved_by stream batch tags tags_hash'.split(' ');
const SUMMED =
  'requests attempts failures paid errors estimated input_tokens cached_input_tokens output_tokens reasoning_tokens list_cost_pusd cost_pusd saved_pusd estimated_cost_pusd latency'.split(
    ' ',
  );

/**
 * Roll-ups of what reports ask most: fewer columns apart, and six hours, which days of other time zones are made of. Nothing reads
 * streams and batches apart, so the level that has them goes. Without it, processes of an older version cannot write rows
 * whose sums would lack the new levels: their rows wait in their journals.
 *
 * Indexes that have the time of a row, so that pages of a team or a key do not read the rows of two days beside the page, and all
 * that a report sums of failed calls.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)`,
    ...LEVELS.flatMap((level) => [
      sql.raw(`CREATE TABLE usage_rollups_${level.grain.replaceAll(' ', '_')} PARTITION OF usage_rollups
        FOR VALUES IN ('${level.grain}') WITH (fillfactor = 70)`),
      filled(level),
    ]),
    sql`DROP TABLE usage_rollups_day_by_manner`,
    sql`DROP INDEX ledger_team`,
    sql`CREATE INDEX ledger_team ON ledger (team_id, request_id, attempt, created_at)`,
    sql`DROP INDEX ledger_key`,
    sql`CREATE INDEX ledger_key ON ledger (key_id, request_id, attempt, created_at)`,
    sql`DROP INDEX ledger_failed`,
    sql`CREATE INDEX ledger_failed ON ledger (created_at)
      INCLUDE (team_id, key_id, model, provider, cache_status, attempt, corrects, state, status, error_code, estimated, input_tokens,
        cached_input_tokens, output_tokens, reasoning_tokens, list_cost_pusd, cost_pusd, saved_pusd, latency_ms)
      WHERE status >= 400`,
  ];
  for (const statement of statements) await statement.execute(db);
}

function filled({ grain, of, start, keeps }: (typeof LEVELS)[number]) {
  const kept = DIMENSIONS.map((name) => (keeps.includes(name) ? name : `${MISSING[name] ?? "''"} AS ${name}`));
  return sql.raw(`INSERT INTO usage_rollups (grain, period, ${DIMENSIONS.join(', ')}, ${SUMMED.join(', ')})
    SELECT '${grain}', ${start} AS start, ${kept.join(', ')}, ${SUMMED.map((name) => `sum(${name})`).join(', ')}
    FROM usage_rollups WHERE grain = '${of}' GROUP BY start, ${keeps.join(', ')}`);
}
