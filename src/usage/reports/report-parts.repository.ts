import { type RawBuilder, sql } from 'kysely';
import type { UsageRollupsTable } from '../../database/tables/ledger-tables';
import { grainFor, ROLLUP_DIMENSIONS, type RollupDimension, type RollupUnit } from '../../ledger/rollup-levels';
import type { UsageFilter } from './report-span';
import { requestIdBounds } from './request-key';

/**
 * A row that a report sums. Dimensions that the report does not group by may be '' or false. The period is a day, or an
 * hour if the unit is the hour.
 */
export type ReportPart = Omit<
  UsageRollupsTable,
  'grain' | 'attempts' | 'failures' | 'cached_input_tokens' | 'reasoning_tokens' | 'tags_hash'
>;

const UNIT_MS = { hour: 3_600_000, day: 24 * 3_600_000 };
const DIMENSIONS = sql.raw(Object.keys(ROLLUP_DIMENSIONS).join(', '));

/**
 * The rows that a report sums: whole days and hours from the coarsest sufficient roll-up level, the ends of the span from
 * the ledger. Neither includes running calls.
 *
 * @param apart the dimensions that the report groups by
 * @param unit the coarsest period of a row
 */
export function partsOf(
  { team_id, from, to }: UsageFilter,
  apart: RollupDimension[],
  unit: RollupUnit = 'day',
): RawBuilder<ReportPart> {
  const ceil = (ms: number, step: number) => Math.ceil(ms / step) * step;
  const floor = (ms: number, step: number) => Math.floor(ms / step) * step;
  const [start, end] = [from.getTime(), to.getTime()];
  const [firstHour, lastHour] = [ceil(start, UNIT_MS.hour), floor(end, UNIT_MS.hour)];
  if (firstHour >= lastHour) return sql`(${ledgerPart(from, to, team_id, unit)})`;
  const [firstDay, lastDay] = [ceil(start, UNIT_MS.day), floor(end, UNIT_MS.day)];
  const dimensions = team_id === undefined ? apart : [...apart, 'team_id' as const];
  const rollupPart = (of: RollupUnit, fromMs: number, toMs: number) =>
    fromMs >= toMs
      ? []
      : [
          sql`SELECT ${of === unit ? sql`period` : startOf(unit, sql`period`)} AS period, ${DIMENSIONS}, requests,
              paid, input_tokens, output_tokens, list_cost_pusd, cost_pusd, saved_pusd
            FROM usage_rollups
            WHERE grain = ${grainFor(of, dimensions)} AND period >= ${new Date(fromMs)} AND period < ${new Date(toMs)} ${ofTeam(team_id)}`,
        ];
  const rollups =
    unit === 'hour' || firstDay >= lastDay
      ? rollupPart('hour', firstHour, lastHour)
      : [
          ...rollupPart('hour', firstHour, firstDay),
          ...rollupPart('day', firstDay, lastDay),
          ...rollupPart('hour', lastDay, lastHour),
        ];
  const edges = [
    ...(start < firstHour ? [ledgerPart(from, new Date(firstHour), team_id, unit)] : []),
    ...(lastHour < end ? [ledgerPart(new Date(lastHour), to, team_id, unit)] : []),
  ];
  return sql`(${sql.join([...rollups, ...edges], sql` UNION ALL `)})`;
}

function ledgerPart(from: Date, to: Date, teamId: string | undefined, unit: RollupUnit) {
  const { least = '', below = '' } = requestIdBounds(from, to);
  return sql`SELECT ${startOf(unit, sql`created_at`)} AS period, team_id, key_id, model, coalesce(provider, '') AS provider,
      cache_status, coalesce(saved_by, '') AS saved_by, stream, batch_id IS NOT NULL AS batch, coalesce(tags::text, '') AS tags,
      (attempt = 1)::int::bigint AS requests, (corrects IS NULL AND cost_pusd > 0)::int::bigint AS paid,
      input_tokens::bigint, output_tokens::bigint, list_cost_pusd::numeric, cost_pusd::numeric, saved_pusd::numeric
    FROM ledger WHERE state <> 'dispatched' AND request_id >= ${least} AND request_id < ${below}
      AND created_at >= ${from} AND created_at < ${to} ${ofTeam(teamId)}`;
}

function startOf(unit: RollupUnit, column: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`date_trunc(${sql.lit(unit)}, ${column}, 'UTC')`;
}

function ofTeam(teamId: string | undefined): RawBuilder<unknown> {
  return teamId === undefined ? sql`` : sql`AND team_id = ${teamId}`;
}
