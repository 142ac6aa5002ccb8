import { type RawBuilder, sql } from 'kysely';
import type { RollupDimension } from '../../ledger/rollup-levels';
import type { UsageFilter } from './report-span';

/** The dimensions that roll-ups must keep apart for a filter. */
export function filteredDimensions(filter: UsageFilter): RollupDimension[] {
  const dimensions: Partial<Record<RollupDimension, unknown>> = {
    team_id: filter.team_id ?? filter.team,
    key_id: filter.key,
    model: filter.model,
    provider: filter.provider,
    cache_status: filter.cache_status,
    tags: filter.tag,
  };
  return (Object.keys(dimensions) as RollupDimension[]).filter((dimension) => dimensions[dimension] !== undefined);
}

/** What a filter asks of the roll-ups, as further conditions. */
export function rollupMatches(filter: UsageFilter): RawBuilder<unknown> {
  const { tag } = filter;
  return sql`${columnsMatch(filter)} ${tag ? sql`AND tags <> '' AND tags::jsonb ?| ${tag}::text[]` : sql``}`;
}

/** What a filter asks of the rows of the ledger, as further conditions. */
export function ledgerMatches(filter: UsageFilter): RawBuilder<unknown> {
  const { tag, status } = filter;
  const ranges = status?.map(({ least, most }) => sql`status BETWEEN ${least} AND ${most}`);
  return sql`${columnsMatch(filter)} ${tag ? sql`AND tags ?| ${tag}::text[]` : sql``}
    ${ranges ? sql`AND (${sql.join(ranges, sql` OR `)})` : sql``}`;
}

/** What a filter asks of the calls that were refused: they have no provider, no tags and no place in the cache. */
export function refusedMatches(filter: UsageFilter): RawBuilder<unknown> {
  const { provider, tag, cache_status, status } = filter;
  const ranges = status?.map(({ least, most }) => sql`status BETWEEN ${least} AND ${most}`);
  return sql`${columnsMatch({ ...filter, provider: undefined, cache_status: undefined })}
    ${(provider ?? tag ?? cache_status) ? sql`AND false` : sql``} ${ranges ? sql`AND (${sql.join(ranges, sql` OR `)})` : sql``}`;
}

function columnsMatch({ team_id, team, key, model, provider, cache_status }: UsageFilter): RawBuilder<unknown> {
  const conditions = [
    ...(team_id === undefined ? [] : [sql`AND team_id = ${team_id}`]),
    ...Object.entries({ team_id: team, key_id: key, model, provider, cache_status }).flatMap(([column, values]) =>
      values ? [sql`AND ${sql.ref(column)} = ANY(${values}::text[])`] : [],
    ),
  ];
  return conditions.length === 0 ? sql`` : sql.join(conditions, sql` `);
}
