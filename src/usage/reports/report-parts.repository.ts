import { type RawBuilder, sql } from 'kysely';
import type { UsageRollupsTable } from '../../database/tables/ledger-tables';
import {
  grainFor,
  ROLLUP_DIMENSIONS,
  type RollupDimension,
  type RollupUnit,
  UNIT_MS,
} from '../../ledger/rollup-levels';
import { IS_ERROR, IS_ESTIMATED, LATENCY } from '../../ledger/sums/row-sums.repository';
import { type Segment, segmentsOf } from './periods/segments';
import { filteredDimensions, ledgerMatches, rollupMatches } from './report-filters.repository';
import type { UsageFilter } from './report-span';
import { requestIdBounds } from './request-key';

/**
 * A row that a report sums. Dimensions that the report does not group by may be '' or false. The period is that which the report
 * names.
 */
export type ReportPart = Omit<UsageRollupsTable, 'grain' | 'failures' | 'tags_hash'>;

/** The periods of a report's rows: days or hours of UTC, or those that begin at these times, in milliseconds since 1970. */
export type ReportPeriods = 'hour' | 'day' | readonly number[];

const UNITS = Object.keys(UNIT_MS) as RollupUnit[];

const DIMENSIONS = sql.raw(Object.keys(ROLLUP_DIMENSIONS).join(', '));
const SUMMED = sql.raw(
  'requests, attempts, paid, errors, estimated, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, ' +
    'list_cost_pusd, cost_pusd, saved_pusd, estimated_cost_pusd, latency',
);

/**
 * The rows that a report sums: whole days, six hours and hours from the coarsest sufficient roll-up level, the rest of the span,
 * and what is filtered by status, from the ledger. Neither includes running calls.
 *
 * @param apart the dimensions that the report groups by
 */
export function partsOf(
  filter: UsageFilter,
  apart: readonly RollupDimension[],
  periods: ReportPeriods = 'day',
): RawBuilder<ReportPart> {
  const span = { fromMs: filter.from.getTime(), toMs: filter.to.getTime() };
  if (filter.status) return sql`(${ledgerPart([span], filter, periods)})`;
  const dimensions = [...apart, ...filteredDimensions(filter)];
  const grains = UNITS.flatMap((unit) => {
    const grain = periods === 'hour' && unit !== 'hour' ? undefined : grainFor(unit, dimensions);
    return grain === undefined ? [] : [{ unit, grain }];
  });
  const cuts = typeof periods === 'string' ? [] : periods;
  const segments = segmentsOf(span, cuts, grains.map(({ unit }) => unit)); // prettier-ignore
  const rollups = grains.filter(({ unit }) => segments[unit].length > 0);
  const parts = [
    ...rollups.map(({ unit, grain }) => rollupPart(unit, grain, segments[unit], filter, periods)),
    // An empty span has an empty part.
    ...(segments.row.length > 0 || rollups.length === 0 ? [ledgerPart(segments.row, filter, periods)] : []),
  ];
  return sql`(${sql.join(parts, sql` UNION ALL `)})`;
}

function rollupPart(
  unit: RollupUnit,
  grain: string,
  segments: readonly Segment[],
  filter: UsageFilter,
  periods: ReportPeriods,
): RawBuilder<unknown> {
  const period = unit === periods ? sql`period` : periodOf(sql`period`, periods);
  return sql`SELECT ${period} AS period, ${DIMENSIONS}, ${SUMMED}
    FROM usage_rollups WHERE grain = ${grain} AND ${startsIn(segments, unit)} ${rollupMatches(filter)}`;
}

/** A range, and of several segments the starts of their units: PostgreSQL finds each row's in a hash table. */
function startsIn(segments: readonly Segment[], unit: RollupUnit): RawBuilder<unknown> {
  const range = sql`period >= ${new Date(segments[0]?.fromMs ?? 0)} AND period < ${new Date(segments.at(-1)?.toMs ?? 0)}`;
  if (segments.length <= 1) return range;
  const starts = segments.flatMap(({ fromMs, toMs }) =>
    Array.from({ length: (toMs - fromMs) / UNIT_MS[unit] }, (_, index) =>
      new Date(fromMs + index * UNIT_MS[unit]).toISOString(),
    ),
  );
  return sql`${range} AND period = ANY(${starts}::timestamptz[])`;
}

function ledgerPart(segments: readonly Segment[], filter: UsageFilter, periods: ReportPeriods): RawBuilder<unknown> {
  // Reports of a status have one segment, and an index by the time alone.
  const { from, matches } = within(segments, filter.status === undefined);
  return sql`SELECT ${periodOf(sql`created_at`, periods)} AS period, team_id, key_id, model, coalesce(provider, '') AS provider,
      cache_status, coalesce(saved_by, '') AS saved_by, stream, batch_id IS NOT NULL AS batch, coalesce(tags::text, '') AS tags,
      (attempt = 1)::int::bigint AS requests, (corrects IS NULL)::int::bigint AS attempts,
      (corrects IS NULL AND cost_pusd > 0)::int::bigint AS paid, ${IS_ERROR}::int::bigint AS errors,
      ${IS_ESTIMATED}::int::bigint AS estimated, input_tokens::bigint, cached_input_tokens::bigint, output_tokens::bigint,
      reasoning_tokens::bigint, list_cost_pusd::numeric, cost_pusd::numeric, saved_pusd::numeric,
      CASE WHEN estimated THEN cost_pusd ELSE 0 END::numeric AS estimated_cost_pusd, ${LATENCY} AS latency
    FROM ${from} ledger WHERE state <> 'dispatched' AND ${matches} ${ledgerMatches(filter)}`;
}

/** One segment is a condition; several are joined, so that each is a range of an index. */
function within(segments: readonly Segment[], byId: boolean) {
  const spans = segments.map(({ fromMs, toMs }) => ({ from: new Date(fromMs), to: new Date(toMs) }));
  const bounds = spans.map(({ from, to }) => requestIdBounds(from, to));
  const [only = { from: new Date(0), to: new Date(0) }] = spans;
  if (spans.length <= 1) {
    const { least = '', below = '' } = bounds[0] ?? {};
    const ids = byId ? sql`AND request_id >= ${least} AND request_id < ${below}` : sql``;
    return { from: sql``, matches: sql`created_at >= ${only.from} AND created_at < ${only.to} ${ids}` };
  }
  const list = (values: readonly unknown[], type: string) => sql`${values}::${sql.raw(type)}[]`;
  const times = (end: 'from' | 'to') => list(spans.map((span) => span[end].toISOString()), 'timestamptz'); // prettier-ignore
  const ids = (end: 'least' | 'below') => list(bounds.map((bound) => bound[end] ?? ''), 'text'); // prettier-ignore
  return {
    from: sql`unnest(${times('from')}, ${times('to')}, ${ids('least')}, ${ids('below')}) AS span (since, until, first_id, end_id) CROSS JOIN`,
    matches: sql`created_at >= since AND created_at < until
      AND request_id >= first_id COLLATE "C" AND request_id < end_id COLLATE "C"`,
  };
}

/** The start of the period that a time is in. */
export function periodOf(time: RawBuilder<unknown>, periods: ReportPeriods): RawBuilder<Date> {
  if (typeof periods === 'string') return sql`date_trunc(${sql.lit(periods)}, ${time}, 'UTC')`;
  const starts = sql`${periods.map((ms) => new Date(ms).toISOString())}::timestamptz[]`;
  return sql`(${starts})[width_bucket(${time}, ${starts})]`;
}
