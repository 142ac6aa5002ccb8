import { type RawBuilder, sql } from 'kysely';
import {
  grainOf,
  ROLLUP_DIMENSIONS,
  ROLLUP_KEY,
  ROLLUP_LEVELS,
  type RollupDimension,
  type RollupLevel,
  type RollupUnit,
} from './rollup-levels';
import { IS_ERROR, IS_ESTIMATED, LATENCY } from './sums/row-sums.repository';

/** What a roll-up sums. */
const SUMMED = [
  'requests',
  'attempts',
  'failures',
  'paid',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'list_cost_pusd',
  'cost_pusd',
  'saved_pusd',
  'errors',
  'estimated',
  'estimated_cost_pusd',
  'latency',
];
/** The codes of rows whose owner ended before their end was known: the truth may come late. */
export const INSTANCE_STOPPED = 'gateway_stopped';
export const BATCH_ENDED = 'batch_ended';

const DIMENSIONS = Object.keys(ROLLUP_DIMENSIONS) as RollupDimension[];
const CACHE_DIMENSIONS = sql.raw('day, team_id, model, generation, upstream_model, cache_status, uncached');

/** The start of the unit that an hour is in. */
const STARTS: Record<RollupUnit, RawBuilder<unknown>> = {
  hour: sql`hour`,
  six_hours: sql`date_bin('6 hours', hour, '1970-01-01Z')`,
  day: sql`date_trunc('day', hour, 'UTC')`,
};

/** Counts the rows of `ended` in the leases of the budgets that paid for them. */
export const LEASES_PAID = sql`
  , paid AS (
    INSERT INTO budget_leases AS kept (budget_id, window_start, owner, granted_pusd, used_pusd)
    SELECT split_part(slice, '@', 1), to_timestamp(split_part(slice, '@', 2)::bigint), owner, 0, sum(cost_pusd)
    FROM ended, unnest(charged) AS slice GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (budget_id, window_start, owner) DO UPDATE SET used_pusd = kept.used_pusd + excluded.used_pusd,
      -- An owner that has ended holds nothing, whatever comes of its attempts.
      granted_pusd = CASE WHEN kept.closed THEN kept.used_pusd + excluded.used_pusd ELSE kept.granted_pusd END
  )`;

/**
 * Counts the rows of `written` that have ended. Everything is touched in the order of its key, so that two processes never
 * wait for each other in a circle.
 */
export const ENDED_COUNTED = sql`
  , ended AS (
    SELECT *, coalesce(tags::text, '') AS tag_list FROM written WHERE state <> 'dispatched'
  ), by_call AS (
    SELECT date_trunc('hour', created_at, 'UTC') AS hour, team_id, key_id, model, coalesce(provider, '') AS provider,
      cache_status, coalesce(saved_by, '') AS saved_by, stream, batch_id IS NOT NULL AS batch, tag_list AS tags,
      count(*) FILTER (WHERE attempt = 1) AS requests, count(*) FILTER (WHERE corrects IS NULL) AS attempts,
      count(*) FILTER (WHERE state = 'failed') AS failures, count(*) FILTER (WHERE corrects IS NULL AND cost_pusd > 0) AS paid,
      sum(input_tokens) AS input_tokens,
      sum(cached_input_tokens) AS cached_input_tokens, sum(output_tokens) AS output_tokens,
      sum(reasoning_tokens) AS reasoning_tokens, sum(list_cost_pusd) AS list_cost_pusd, sum(cost_pusd) AS cost_pusd,
      sum(saved_pusd) AS saved_pusd, count(*) FILTER (WHERE ${IS_ERROR}) AS errors,
      count(*) FILTER (WHERE ${IS_ESTIMATED}) AS estimated,
      coalesce(sum(cost_pusd) FILTER (WHERE estimated), 0) AS estimated_cost_pusd, sum(${LATENCY}) AS latency
    FROM ended GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  ), ${sql.join(ROLLUP_LEVELS.flatMap(coarser))}, rolled AS (
    INSERT INTO usage_rollups AS kept (grain, period, ${columns(DIMENSIONS)}, ${columns(SUMMED)}, tags_hash)
    SELECT *, CASE WHEN tags = '' THEN ''::bytea ELSE sha256(convert_to(tags, 'UTF8')) END AS tags_hash
    FROM (${sql.join(ROLLUP_LEVELS.flatMap(graded), sql` UNION ALL `)}) AS all_levels
    ORDER BY ${columns(ROLLUP_KEY)}
    ON CONFLICT (${columns(ROLLUP_KEY)}) DO UPDATE SET
      ${columns(SUMMED.map((column) => `${column} = kept.${column} + excluded.${column}`))}
  ), cache_rolled AS (
    INSERT INTO cache_rollups AS kept (${CACHE_DIMENSIONS}, requests, refused, saved_pusd)
    SELECT (created_at AT TIME ZONE 'UTC')::date, team_id, model, cache_generation, left(coalesce(upstream_model, ''), 200),
      cache_status, coalesce(uncached, ''), count(*) FILTER (WHERE attempt = 1), count(uncached), sum(saved_pusd)
    FROM ended WHERE attempt = 1 OR uncached IS NOT NULL OR saved_pusd <> 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (${CACHE_DIMENSIONS}) DO UPDATE SET requests = kept.requests + excluded.requests,
      refused = kept.refused + excluded.refused, saved_pusd = kept.saved_pusd + excluded.saved_pusd
  ), moved AS (
    INSERT INTO accounts AS kept (id, debits_pusd, credits_pusd)
    SELECT account, sum(debit), sum(credit) FROM (
      SELECT 'team:' || team_id AS account, greatest(cost_pusd, 0) AS debit, greatest(-cost_pusd, 0) AS credit FROM ended
      UNION ALL
      SELECT 'provider:' || coalesce(provider, ''), greatest(-cost_pusd, 0), greatest(cost_pusd, 0) FROM ended
    ) AS sides WHERE debit <> 0 OR credit <> 0 GROUP BY account ORDER BY account
    ON CONFLICT (id) DO UPDATE SET
      debits_pusd = kept.debits_pusd + excluded.debits_pusd, credits_pusd = kept.credits_pusd + excluded.credits_pusd
  ) ${LEASES_PAID}
  SELECT (SELECT count(*) FROM ended) AS attempts, (SELECT count(*) FROM written) AS written`;

function columns(names: readonly string[]): RawBuilder<unknown> {
  return sql.raw(names.join(', '));
}

function sums(names: readonly string[]): RawBuilder<unknown> {
  return columns(names.map((name) => `sum(${name}) AS ${name}`));
}

/** The rows of a level, summed from those of the finer one. */
function coarser({ name, of, keeps }: RollupLevel): RawBuilder<unknown>[] {
  if (of === undefined) return [];
  const kept = DIMENSIONS.map((each) => (keeps.includes(each) ? each : `${ROLLUP_DIMENSIONS[each]} AS ${each}`));
  return [
    sql`${sql.raw(`by_${name}`)} AS (
      SELECT hour, ${columns(kept)}, ${sums(SUMMED)} FROM ${sql.raw(`by_${of}`)} GROUP BY hour, ${columns(keeps)})`,
  ];
}

/** The rows of a level by each of its units, with what marks them in the roll-ups. */
function graded(level: RollupLevel): RawBuilder<unknown>[] {
  const rows = sql.raw(`by_${level.name}`);
  return level.units.map((unit) => {
    const named = sql`SELECT ${sql.lit(grainOf(unit, level))} AS grain, ${STARTS[unit]} AS period, ${columns(DIMENSIONS)}`;
    return unit === 'hour'
      ? sql`${named}, ${columns(SUMMED)} FROM ${rows}`
      : sql`${named}, ${sums(SUMMED)} FROM ${rows} GROUP BY period, ${columns(DIMENSIONS)}`;
  });
}
