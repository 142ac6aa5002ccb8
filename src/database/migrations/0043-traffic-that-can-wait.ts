import { type Kysely, sql } from 'kysely';

/** Each new kind of rows, with what it keeps apart. */
const LEVELS = [
  { grain: 'day by names', keeps: ['team_id', 'key_id', 'model', 'provider', 'cache_status', 'tags', 'tags_hash'] },
  { grain: 'day by traffic', keeps: ['team_id', 'model', 'saved_by', 'stream', 'batch'] },
];
const MISSING: Readonly<Record<string, string>> = { stream: 'false', batch: 'false', tags_hash: "''::bytea" };
const DIMENSIONS = 'team_id key_id model provider cache_status saved_by stream batch tags tags_hash'.split(' ');
const SUMMED =
  'requests attempts failures paid errors estimated input_tokens cached_input_tokens output_tokens reasoning_tokens list_cost_pusd cost_pusd saved_pusd estimated_cost_pusd latency'.split(
    ' ',
  );

/**
 * Roll-ups for the advice on traffic that can wait, and days without what only that advice asks for, in place of days that keep
 * everything apart. Without those, processes of an older version cannot write rows whose sums would lack the new levels: their
 * rows wait in their journals.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)`,
    ...LEVELS.flatMap((level) => [
      sql.raw(`CREATE TABLE usage_rollups_${level.grain.replaceAll(' ', '_')} PARTITION OF usage_rollups
        FOR VALUES IN ('${level.grain}') WITH (fillfactor = 70)`),
      filled(level),
    ]),
    sql`DROP TABLE usage_rollups_day`,
  ];
  for (const statement of statements) await statement.execute(db);
}

function filled({ grain, keeps }: (typeof LEVELS)[number]) {
  const kept = DIMENSIONS.map((name) => (keeps.includes(name) ? name : `${MISSING[name] ?? "''"} AS ${name}`));
  return sql.raw(`INSERT INTO usage_rollups (grain, period, ${DIMENSIONS.join(', ')}, ${SUMMED.join(', ')})
    SELECT '${grain}', period, ${kept.join(', ')}, ${SUMMED.map((name) => `sum(${name})`).join(', ')}
    FROM usage_rollups WHERE grain = 'day' GROUP BY period, ${keeps.join(', ')}`);
}
