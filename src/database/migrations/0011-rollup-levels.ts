import { type Kysely, sql } from 'kysely';

const GRAINS = [
  'hour',
  'hour by team',
  'hour by model',
  'day',
  'day by tag',
  'day by key',
  'day by key_tag',
  'day by manner',
  'day by team',
  'day by model',
];

const EVERY = ['team_id', 'key_id', 'model', 'provider', 'cache_status', 'saved_by', 'stream', 'tags'];

/**
 * Roll-ups of several levels, so that a report reads few rows however many keys and tags there are; those of the coarser
 * levels are made of the rows that are there. Each level is a partition: its rows lie together. And indexes for reports that
 * read the ledger itself.
 *
 * Which of the calls before were in batches is not carried over: for those the roll-ups say no.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE usage_rollups RENAME TO usage_rollups_before`,
    sql`DROP INDEX usage_rollups_team`,
    sql`ALTER TABLE usage_rollups_before DROP CONSTRAINT usage_rollups_pkey`,
    sql`CREATE TABLE usage_rollups (
      grain text NOT NULL, period timestamptz NOT NULL, team_id text NOT NULL, key_id text NOT NULL, model text NOT NULL,
      provider text NOT NULL, cache_status text NOT NULL, saved_by text NOT NULL, stream boolean NOT NULL, batch boolean NOT NULL,
      tags text NOT NULL, requests bigint NOT NULL, attempts bigint NOT NULL, failures bigint NOT NULL, paid bigint NOT NULL,
      input_tokens bigint NOT NULL, cached_input_tokens bigint NOT NULL, output_tokens bigint NOT NULL, reasoning_tokens bigint NOT NULL,
      list_cost_pusd numeric NOT NULL, cost_pusd numeric NOT NULL, saved_pusd numeric NOT NULL,
      PRIMARY KEY (grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, batch, tags)
    ) PARTITION BY LIST (grain)`,
    // Rows of the present hour and day are updated again and again: room for that beside them spares the indexes.
    ...GRAINS.map((grain) =>
      sql.raw(`CREATE TABLE usage_rollups_${grain.replaceAll(' ', '_')} PARTITION OF usage_rollups FOR VALUES IN ('${grain}')
        WITH (fillfactor = 70)`),
    ),
    sql`CREATE INDEX usage_rollups_team ON usage_rollups (team_id, period)`,
    level('hour', 'hour', EVERY),
    level('hour', 'hour by team', ['team_id', 'model', 'provider', 'cache_status', 'saved_by']),
    level('hour', 'hour by model', ['model', 'provider', 'cache_status', 'saved_by']),
    level('day', 'day', EVERY),
    level('day', 'day by tag', ['team_id', 'model', 'provider', 'cache_status', 'tags']),
    level('day', 'day by key', ['team_id', 'key_id', 'model', 'provider', 'cache_status']),
    level('day', 'day by key_tag', ['team_id', 'key_id', 'tags']),
    level('day', 'day by manner', ['team_id', 'key_id', 'model', 'stream']),
    level('day', 'day by team', ['team_id', 'model', 'provider', 'cache_status', 'saved_by']),
    level('day', 'day by model', ['model', 'provider', 'cache_status', 'saved_by']),
    sql`DROP TABLE usage_rollups_before`,
    sql`CREATE INDEX ledger_created ON ledger (created_at)`,
    sql`CREATE INDEX ledger_key ON ledger (key_id, request_id)`,
    // One question in 64, by a hash, with all its calls and what is asked of them: what was asked again is estimated without
    // a look at the rows, which lie scattered.
    sql`CREATE INDEX ledger_sample ON ledger (request_id, attempt)
      INCLUDE (created_at, state, corrects, team_id, question, model, cache_status, uncached, cost_pusd) WHERE (question & 63) = 0`,
  ];
  for (const statement of statements) await statement.execute(db);
}

/** Rows of a level out of the finest: the columns that it keeps, and '' or false in the place of others. */
function level(unit: string, grain: string, keeps: string[]) {
  const kept = ['team_id', 'key_id', 'model', 'provider', 'cache_status', 'saved_by', 'stream', 'batch', 'tags'].map(
    (column) => (keeps.includes(column) ? column : column === 'stream' || column === 'batch' ? 'false' : "''"),
  );
  return sql.raw(`INSERT INTO usage_rollups
    SELECT '${grain}', period, ${kept.join(', ')},
      sum(requests), sum(attempts), sum(failures), sum(CASE WHEN cost_pusd > 0 THEN attempts - failures ELSE 0 END),
      sum(input_tokens), sum(cached_input_tokens), sum(output_tokens), sum(reasoning_tokens), sum(list_cost_pusd), sum(cost_pusd), sum(saved_pusd)
    FROM usage_rollups_before WHERE grain = '${unit}' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`);
}
