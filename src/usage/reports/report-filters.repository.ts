import { type RawBuilder, sql } from 'kysely';
import type { RollupDimension } from '../../ledger/rollup-levels';
import type { UsageFilter } from './report-span';

/** The dimensions that roll-ups must keep apart for a filter. */
export function filteredDimensions(filter: UsageFilter): RollupDimension[] {
  const dimensions: Partial<Record<RollupDimension, unknown>> = {
    team_id: filter.team_id ?? filter.team ?? filter.exclude_team,
    key_id: filter.key ?? filter.exclude_key,
    model: filter.model ?? filter.exclude_model,
    provider: filter.provider ?? filter.exclude_provider,
    cache_status: filter.cache_status ?? filter.exclude_cache_status,
    tags: filter.tag ?? filter.exclude_tag,
  };
  return (Object.keys(dimensions) as RollupDimension[]).filter((dimension) => dimensions[dimension] !== undefined);
}

/** What a filter asks of the roll-ups, as further conditions. */
export function rollupMatches(filter: UsageFilter): RawBuilder<unknown> {
  const { tag, exclude_tag: without } = filter;
  return sql`${columnsMatch(filter)} ${tag ? sql`AND tags <> '' AND tags::jsonb ?| ${tag}::text[]` : sql``}
    ${without ? sql`AND NOT coalesce(nullif(tags, '')::jsonb ?| ${without}::text[], false)` : sql``}`;
}

/** What a filter asks of the rows of the ledger, as further conditions. */
export function ledgerMatches(filter: UsageFilter): RawBuilder<unknown> {
  const { tag, exclude_tag: without, status } = filter;
  const ranges = status?.map(({ least, most }) => sql`status BETWEEN ${least} AND ${most}`);
  return sql`${columnsMatch(filter)} ${tag ? sql`AND tags ?| ${tag}::text[]` : sql``}
    ${without ? sql`AND NOT coalesce(tags ?| ${without}::text[], false)` : sql``}
    ${ranges ? sql`AND (${sql.join(ranges, sql` OR `)})` : sql``}`;
}

/** What a filter asks of the calls that were refused: they have no provider, no tags and no place in the cache. */
export function refusedMatches(filter: UsageFilter): RawBuilder<unknown> {
  const { provider, tag, cache_status, status } = filter;
  const ranges = status?.map(({ least, most }) => sql`status BETWEEN ${least} AND ${most}`);
  const own = {
    provider: undefined,
    cache_status: undefined,
    exclude_provider: undefined,
    exclude_cache_status: undefined,
  };
  return sql`${columnsMatch({ ...filter, ...own })}
    ${(provider ?? tag ?? cache_status) ? sql`AND false` : sql``} ${ranges ? sql`AND (${sql.join(ranges, sql` OR `)})` : sql``}`;
}

function columnsMatch(filter: UsageFilter): RawBuilder<unknown> {
  const { team_id, team, key, model, provider, cache_status } = filter;
  const wanted = { team_id: team, key_id: key, model, provider, cache_status };
  const unwanted = {
    team_id: filter.exclude_team,
    key_id: filter.exclude_key,
    model: filter.exclude_model,
    provider: filter.exclude_provider,
    cache_status: filter.exclude_cache_status,
  };
  const conditions = [
    ...(team_id === undefined ? [] : [sql`AND team_id = ${team_id}`]),
    ...Object.entries(wanted).flatMap(([column, values]) =>
      values ? [sql`AND ${sql.ref(column)} = ANY(${values}::text[])`] : [],
    ),
    // What has no value is none of those to exclude.
    ...Object.entries(unwanted).flatMap(([column, values]) =>
      values ? [sql`AND coalesce(${sql.ref(column)}, '') <> ALL(${values}::text[])`] : [],
    ),
  ];
  return conditions.length === 0 ? sql`` : sql.join(conditions, sql` `);
}
