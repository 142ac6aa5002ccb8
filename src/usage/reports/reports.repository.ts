import { Injectable } from '@nestjs/common';
import type { UsageGroup } from '@thriftgate/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import { snapshot } from '../../database/snapshot';
import type { RollupDimension } from '../../ledger/rollup-levels';
import { groupName } from './group-name';
import { partsOf, type ReportPart } from './report-parts.repository';
import type { UsageFilter } from './report-span';

/** Sums over calls. */
export interface Sums {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

export interface GroupSums extends Sums {
  groups: Partial<Record<UsageGroup, string | null>>;
}

/** The column of each group. A missing name is '' in the rows that a report sums. */
const GROUP_COLUMNS: Record<UsageGroup, RawBuilder<string | Date | null>> = {
  model: sql`part.model`,
  key: sql`part.key_id`,
  team: sql`part.team_id`,
  day: sql`part.period`,
  hour: sql`part.period`,
  tag: sql`tagged.tag`,
  provider: sql`nullif(part.provider, '')`,
  cache_status: sql`part.cache_status`,
};

/** The dimension of each group; hours and days are the period of a row. */
const GROUP_DIMENSIONS: Partial<Record<UsageGroup, RollupDimension>> = {
  model: 'model',
  key: 'key_id',
  team: 'team_id',
  tag: 'tags',
  provider: 'provider',
  cache_status: 'cache_status',
};

/** Sums of `bigint` are `numeric`, which the driver returns as text. */
const SUMS = [
  sql<string>`coalesce(sum(part.requests), 0)`.as('requests'),
  sql<string>`coalesce(sum(part.input_tokens), 0)`.as('input_tokens'),
  sql<string>`coalesce(sum(part.output_tokens), 0)`.as('output_tokens'),
  sql<string>`coalesce(sum(part.list_cost_pusd), 0)`.as('list_cost_pusd'),
  sql<string>`coalesce(sum(part.cost_pusd), 0)`.as('cost_pusd'),
  sql<string>`coalesce(sum(part.saved_pusd), 0)`.as('saved_pusd'),
] as const;

/** Reads the ledger for reports. */
@Injectable()
export class ReportsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The sums of each group, ordered by group, and the total, from one snapshot. Grouped by tag, a row counts once for each
   * of its tags.
   *
   * @param limit the maximum number of groups
   */
  async usage(filter: UsageFilter, groups: UsageGroup[], limit: number): Promise<{ data: GroupSums[]; total: Sums }> {
    const unit = groups.includes('hour') ? 'hour' : 'day';
    const dimensions = groups.flatMap((group) => GROUP_DIMENSIONS[group] ?? []);
    const columns = groups.map((group) => GROUP_COLUMNS[group]);
    return snapshot(this.database, async (transaction) => {
      const total = await transaction.selectFrom(partsOf(filter, []).as('part')).select(SUMS).executeTakeFirstOrThrow();
      const parts = partsOf(filter, dimensions, unit);
      const rows = await transaction
        .selectFrom((groups.includes('tag') ? byTagList(parts, groups) : parts).as('part'))
        .$if(groups.includes('tag'), (query) =>
          query.leftJoinLateral(
            sql<{
              tag: string;
            }>`(SELECT DISTINCT tag FROM jsonb_array_elements_text(nullif(part.tags, '')::jsonb) AS tag)`.as('tagged'),
            (join) => join.onTrue(),
          ),
        )
        .select(SUMS)
        .select(groups.map((group) => GROUP_COLUMNS[group].as(group)))
        .$if(groups.length > 0, (query) => query.groupBy(columns).orderBy(sql.join(columns)))
        .limit(limit)
        .execute();
      const data = rows.map((row) => ({
        ...toSums(row),
        groups: Object.fromEntries(groups.map((group) => [group, groupName(group, row[group] ?? null)])),
      }));
      return { data, total: toSums(total) };
    });
  }
}

/** Sums by list of tags, so that each distinct list is unnested once. */
function byTagList(parts: RawBuilder<ReportPart>, groups: UsageGroup[]): RawBuilder<ReportPart> {
  const columns = groups.map((group) => GROUP_DIMENSIONS[group] ?? 'period');
  const kept = sql.join([...new Set(columns)].map((each) => sql.ref(`part.${each}`)));
  return sql`(SELECT ${kept}, sum(requests) AS requests, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
      sum(list_cost_pusd) AS list_cost_pusd, sum(cost_pusd) AS cost_pusd, sum(saved_pusd) AS saved_pusd
    FROM ${parts} AS part GROUP BY ${kept})`;
}

function toSums(row: {
  requests: string;
  input_tokens: string;
  output_tokens: string;
  list_cost_pusd: string;
  cost_pusd: string;
  saved_pusd: string;
}): Sums {
  return {
    requests: Number(row.requests),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    listCostPusd: BigInt(row.list_cost_pusd),
    costPusd: BigInt(row.cost_pusd),
    savedPusd: BigInt(row.saved_pusd),
  };
}
