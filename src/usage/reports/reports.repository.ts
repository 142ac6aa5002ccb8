import { Injectable } from '@nestjs/common';
import type { UsageGroup } from '@thriftgate/contracts';
import { type ExpressionBuilder, type RawBuilder, type Selectable, sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import type { LedgerTable } from '../../database/tables/ledger-tables';
import { type RequestKey, requestIdBounds } from './request-key';

export interface RequestFilter {
  team_id?: string | undefined;
  key_id?: string | undefined;
  model?: string | undefined;
  request_id?: string | undefined;
  batch_id?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

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

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a group is called in the rows that reports are summed from; there a name that is missing is ''. */
const GROUP_COLUMNS: Record<UsageGroup, RawBuilder<string | null>> = {
  model: sql`part.model`,
  key: sql`part.key_id`,
  team: sql`part.team_id`,
  day: sql`to_char(part.period AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  hour: sql`to_char(part.period AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')`,
  tag: sql`tagged.tag`,
  provider: sql`nullif(part.provider, '')`,
  cache_status: sql`part.cache_status`,
};

/** Sums of `bigint` are `numeric` and come as text. */
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

  /** Rows of the ledger, newest first, from behind `after`. */
  requests(filter: RequestFilter, after: RequestKey | undefined, limit: number): Promise<Selectable<LedgerTable>[]> {
    return this.database.db
      .selectFrom('ledger')
      .selectAll()
      .where((eb) => matches(eb, filter))
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(ledger.request_id, ledger.attempt) < (${after?.requestId}, ${after?.attempt})`),
      )
      .orderBy('request_id', 'desc')
      .orderBy('attempt', 'desc')
      .limit(limit)
      .execute();
  }

  /**
   * The sums of each group, in the order of the groups, and the sums of all: both of the same moment. In a grouping by
   * tag a row stands under each of its tags.
   *
   * @param limit how many groups at most
   */
  async usage(filter: UsageFilter, groups: UsageGroup[], limit: number): Promise<{ data: GroupSums[]; total: Sums }> {
    const snapshot = this.database.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
    return snapshot.execute(async (transaction) => {
      const parts = transaction.selectFrom(partsOf(filter, groups.includes('hour')).as('part'));
      const total = await parts.select(SUMS).executeTakeFirstOrThrow();
      const columns = groups.map((group) => GROUP_COLUMNS[group]);
      const rows = await parts
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
        groups: Object.fromEntries(groups.map((group) => [group, row[group]])),
      }));
      return { data, total: toSums(total) };
    });
  }
}

/** What a usage report is about. */
export interface UsageFilter {
  team_id?: string | undefined;
  from: Date;
  to: Date;
}

/**
 * The rows that a report is summed from: whole days and hours of the span from the rollups, and the rest, at its ends, from
 * the ledger itself. A call that still runs is in neither.
 *
 * @param byHour whether days are too coarse
 */
export function partsOf({ team_id, from, to }: UsageFilter, byHour: boolean): RawBuilder<ReportPart> {
  const ceil = (ms: number, step: number) => Math.ceil(ms / step) * step;
  const floor = (ms: number, step: number) => Math.floor(ms / step) * step;
  const [start, end] = [from.getTime(), to.getTime()];
  const [firstHour, lastHour] = [ceil(start, HOUR_MS), floor(end, HOUR_MS)];
  if (firstHour >= lastHour) return sql`(${ledgerPart(from, to, team_id)})`;
  const [firstDay, lastDay] = [ceil(start, DAY_MS), floor(end, DAY_MS)];
  const rollups =
    byHour || firstDay >= lastDay
      ? [rollupPart('hour', firstHour, lastHour, team_id)]
      : [
          rollupPart('hour', firstHour, firstDay, team_id),
          rollupPart('day', firstDay, lastDay, team_id),
          rollupPart('hour', lastDay, lastHour, team_id),
        ];
  const edges = [
    ...(start < firstHour ? [ledgerPart(from, new Date(firstHour), team_id)] : []),
    ...(lastHour < end ? [ledgerPart(new Date(lastHour), to, team_id)] : []),
  ];
  return sql`(${sql.join([...rollups, ...edges], sql` UNION ALL `)})`;
}

export interface ReportPart {
  period: Date;
  team_id: string;
  key_id: string;
  model: string;
  provider: string;
  cache_status: string;
  saved_by: string;
  stream: boolean;
  tags: string;
  requests: string;
  input_tokens: string;
  output_tokens: string;
  list_cost_pusd: string;
  cost_pusd: string;
  saved_pusd: string;
}

function rollupPart(grain: 'hour' | 'day', fromMs: number, toMs: number, teamId: string | undefined) {
  return sql`SELECT period, team_id, key_id, model, provider, cache_status, saved_by, stream, tags, requests::numeric,
      input_tokens::numeric, output_tokens::numeric, list_cost_pusd, cost_pusd, saved_pusd
    FROM usage_rollups WHERE grain = ${grain} AND period >= ${new Date(fromMs)} AND period < ${new Date(toMs)}
      ${teamId === undefined ? sql`` : sql`AND team_id = ${teamId}`}`;
}

function ledgerPart(from: Date, to: Date, teamId: string | undefined) {
  const { least = '', below = '' } = requestIdBounds(from, to);
  return sql`SELECT created_at, team_id, key_id, model, coalesce(provider, ''), cache_status, coalesce(saved_by, ''), stream,
      coalesce(tags::text, ''), (attempt = 1)::int::numeric, input_tokens::numeric, output_tokens::numeric, list_cost_pusd::numeric,
      cost_pusd::numeric, saved_pusd::numeric
    FROM ledger WHERE state <> 'dispatched' AND request_id >= ${least} AND request_id < ${below}
      AND created_at >= ${from} AND created_at < ${to} ${teamId === undefined ? sql`` : sql`AND team_id = ${teamId}`}`;
}

function matches(eb: ExpressionBuilder<Schema, 'ledger'>, { from, to, ...equal }: RequestFilter) {
  const { least, below } = requestIdBounds(from, to);
  const given = Object.entries(equal).filter(([, value]) => value !== undefined);
  return eb.and([
    eb.and(Object.fromEntries(given)),
    ...(from ? [eb('created_at', '>=', from)] : []),
    ...(to ? [eb('created_at', '<', to)] : []),
    ...(least ? [eb('request_id', '>=', least)] : []),
    ...(below ? [eb('request_id', '<', below)] : []),
  ]);
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
