import { Injectable } from '@nestjs/common';
import type { UsageGroup } from '@thriftgate/contracts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { CalendarUnit } from '../../common/calendar';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { snapshot } from '../../database/snapshot';
import type { RollupDimension } from '../../ledger/rollup-levels';
import { readLatencies } from '../../ledger/sums/latency';
import { refusedMatches } from './report-filters.repository';
import { partsOf, periodOf, type ReportPart, type ReportPeriods } from './report-parts.repository';
import type { UsageFilter } from './report-span';
import { NO_SUMS, plus, type Sums } from './sums';

/** A group of a report that is no period. */
export type NameGroup = Exclude<UsageGroup, CalendarUnit>;

/** The sums of the calls with the same names in the same period. */
export interface ReportRow {
  names: Readonly<Partial<Record<NameGroup, string | null>>>;
  /** When the period begins, in milliseconds since 1970; undefined for a report without periods. */
  startMs: number | undefined;
  sums: Sums;
}

export interface Report {
  rows: ReportRow[];
  total: Sums;
}

/** What a report asks of the database. */
export interface ReportQuestion {
  filter: UsageFilter;
  groups: readonly NameGroup[];
  /** Undefined for a report without periods. */
  periods: ReportPeriods | undefined;
}

/** The column of each group. A missing name is '' in the rows that a report sums. */
const COLUMNS: Record<NameGroup, RawBuilder<string | null>> = {
  model: sql`part.model`,
  key: sql`part.key_id`,
  team: sql`part.team_id`,
  tag: sql`tagged.tag`,
  provider: sql`nullif(part.provider, '')`,
  cache_status: sql`part.cache_status`,
};

/** Those that refused calls have. */
const REFUSED_COLUMNS: Partial<Record<NameGroup, RawBuilder<string | null>>> = {
  model: sql`nullif(model, '')`,
  key: sql`key_id`,
  team: sql`team_id`,
};

/** The dimension of each group. */
const DIMENSIONS: Record<NameGroup, RollupDimension> = {
  model: 'model',
  key: 'key_id',
  team: 'team_id',
  tag: 'tags',
  provider: 'provider',
  cache_status: 'cache_status',
};

const SUMMED = [
  'requests',
  'attempts',
  'errors',
  'estimated',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'list_cost_pusd',
  'cost_pusd',
  'saved_pusd',
  'estimated_cost_pusd',
  'latency',
] as const;
/** Sums of `bigint` are `numeric`, which the driver returns as text. */
const SUMS = SUMMED.map((column) => sql<string>`coalesce(sum(${sql.ref(`part.${column}`)}), 0)`.as(column));

type SumsRow = Record<(typeof SUMMED)[number], string>;
type NamesRow = Partial<Record<NameGroup, string | null>> & { period?: Date | null | undefined };

/** Reads the ledger and the refused calls for reports. */
@Injectable()
export class ReportsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The sums of each group and period, and the total, from one snapshot. Grouped by tag, a row counts once for each of its
   * tags. Refused calls have no tag, no provider and no cache status, and rows of their own.
   *
   * @param limit the maximum number of rows of either kind
   */
  usage(question: ReportQuestion, limit: number): Promise<Report> {
    return snapshot(this.database, async (transaction) => {
      const calls = await callsOf(transaction, question, limit);
      const refused = await refusedOf(transaction, question, limit);
      // Grouped by tag, calls with several tags count several times.
      const once = question.groups.includes('tag')
        ? await callsOf(transaction, { filter: question.filter, groups: [], periods: undefined }, 1)
        : calls;
      return {
        rows: [...calls, ...refused],
        total: [...once, ...refused].reduce((sum, row) => plus(sum, row.sums), NO_SUMS),
      };
    });
  }

  /** The time of the first and of the last call that a report may have, in milliseconds since 1970; undefined without calls. */
  async extent(): Promise<{ firstMs: number; lastMs: number } | undefined> {
    const { rows } = await sql<{ first: Date | null; last: Date | null }>`
      SELECT least((SELECT min(period) FROM usage_rollups WHERE grain = 'hour by model'), (SELECT min(period) FROM refused_calls)) AS first,
        greatest((SELECT max(period) FROM usage_rollups WHERE grain = 'hour by model'), (SELECT max(period) FROM refused_calls))
          + interval '1 hour' AS last`.execute(this.database.db);
    const { first, last } = rows[0] ?? {};
    return first && last ? { firstMs: first.getTime(), lastMs: last.getTime() } : undefined;
  }
}

async function callsOf(db: Kysely<Schema>, question: ReportQuestion, limit: number): Promise<ReportRow[]> {
  const { filter, groups, periods } = question;
  const parts = partsOf(
    filter,
    groups.map((group) => DIMENSIONS[group]),
    periods,
  );
  const columns = groups.map((group) => COLUMNS[group]);
  const rows = await db
    .selectFrom((groups.includes('tag') ? byTagList(parts, question) : parts).as('part'))
    .$if(groups.includes('tag'), (query) =>
      query.innerJoinLateral(tagsOf(filter).as('tagged'), (join) => join.onTrue()),
    )
    .select(SUMS)
    .select(groups.map((group) => COLUMNS[group].as(group)))
    .$if(periods !== undefined, (query) => query.select('part.period').groupBy('part.period'))
    .$if(groups.length > 0, (query) => query.groupBy(columns))
    .limit(limit)
    .execute();
  return rows.map((row) => rowOf(groups, row, toSums(row)));
}

async function refusedOf(db: Kysely<Schema>, question: ReportQuestion, limit: number): Promise<ReportRow[]> {
  const { filter, groups, periods } = question;
  const columns = groups.map((group) => REFUSED_COLUMNS[group] ?? sql<null>`NULL::text`);
  const period = periods === undefined ? sql<Date>`NULL::timestamptz` : periodOf(sql`period`, periods);
  const rows = await db
    .selectFrom('refused_calls')
    .select(['error_code', sql<string>`sum(calls)`.as('calls'), period.as('period')])
    .select(groups.map((group, index) => (columns[index] ?? sql<null>`NULL`).as(group)))
    .where('period', '>', sql<Date>`${filter.from}::timestamptz - interval '15 minutes'`)
    .where('period', '<', filter.to)
    .where(sql<boolean>`true ${refusedMatches(filter)}`)
    .groupBy(['error_code', sql.lit(3), ...groups.map((_, index) => sql.lit(index + 4))])
    .limit(limit)
    .execute();
  return rows.map((row) => rowOf(groups, row, { ...NO_SUMS, refusedBy: { [row.error_code]: Number(row.calls) } }));
}

/** Sums by list of tags, so that each distinct list is unnested once. */
function byTagList(parts: RawBuilder<ReportPart>, { groups, periods }: ReportQuestion): RawBuilder<ReportPart> {
  const columns = [...groups.map((group) => DIMENSIONS[group]), ...(periods === undefined ? [] : ['period'])];
  const kept = sql.join([...new Set(columns)].map((each) => sql.ref(`part.${each}`)));
  const sums = sql.raw(SUMMED.map((column) => `sum(${column}) AS ${column}`).join(', '));
  return sql`(SELECT ${kept}, ${sums} FROM ${parts} AS part GROUP BY ${kept})`;
}

/** The tags of a list, or none: only those that the filter names, if it names some. */
function tagsOf({ tag }: UsageFilter): RawBuilder<{ tag: string | null }> {
  const named = tag ? sql`WHERE tag = ANY(${tag}::text[])` : sql``;
  return sql`(SELECT DISTINCT tag FROM jsonb_array_elements_text(nullif(part.tags, '')::jsonb) AS tag ${named}
    UNION ALL SELECT NULL WHERE coalesce(nullif(part.tags, '')::jsonb, '[]') = '[]')`;
}

function rowOf(groups: readonly NameGroup[], row: NamesRow, sums: Sums): ReportRow {
  const names = Object.fromEntries(groups.map((group) => [group, row[group] ?? null]));
  return { names, startMs: row.period?.getTime(), sums };
}

function toSums(row: SumsRow): Sums {
  return {
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    failedAttempts: Number(row.errors),
    estimated: Number(row.estimated),
    inputTokens: Number(row.input_tokens),
    cachedInputTokens: Number(row.cached_input_tokens),
    outputTokens: Number(row.output_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
    listCostPusd: BigInt(row.list_cost_pusd),
    costPusd: BigInt(row.cost_pusd),
    savedPusd: BigInt(row.saved_pusd),
    estimatedCostPusd: BigInt(row.estimated_cost_pusd),
    latency: readLatencies(row.latency),
    refusedBy: {},
  };
}
