import { Injectable } from '@nestjs/common';
import type { UsageGroup } from '@thriftgate/contracts';
import { type ExpressionBuilder, type RawBuilder, type Selectable, sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import type { LedgerState, LedgerTable } from '../../database/tables/ledger-tables';
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

/** A call that is still running costs nothing yet. */
const ENDED: LedgerState[] = ['settled', 'failed', 'unknown'];

const GROUP_COLUMNS: Record<UsageGroup, RawBuilder<string | null>> = {
  model: sql`ledger.model`,
  key: sql`ledger.key_id`,
  team: sql`ledger.team_id`,
  day: sql`to_char(ledger.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  hour: sql`to_char(ledger.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')`,
  tag: sql`tagged.tag`,
  provider: sql`ledger.provider`,
  cache_status: sql`ledger.cache_status`,
};

/** Sums of `bigint` are `numeric` and come as text. */
const SUMS = [
  sql<bigint>`count(DISTINCT ledger.request_id)`.as('requests'),
  sql<bigint>`coalesce(sum(ledger.input_tokens), 0)`.as('input_tokens'),
  sql<bigint>`coalesce(sum(ledger.output_tokens), 0)`.as('output_tokens'),
  sql<string>`coalesce(sum(ledger.list_cost_pusd), 0)`.as('list_cost_pusd'),
  sql<string>`coalesce(sum(ledger.cost_pusd), 0)`.as('cost_pusd'),
  sql<string>`coalesce(sum(ledger.saved_pusd), 0)`.as('saved_pusd'),
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
  async usage(filter: RequestFilter, groups: UsageGroup[], limit: number): Promise<{ data: GroupSums[]; total: Sums }> {
    const snapshot = this.database.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
    return snapshot.execute(async (transaction) => {
      const ended = transaction
        .selectFrom('ledger')
        .where((eb) => matches(eb, filter))
        .where('state', 'in', ENDED);
      const total = await ended.select(SUMS).executeTakeFirstOrThrow();
      const columns = groups.map((group) => GROUP_COLUMNS[group]);
      const rows = await ended
        .$if(groups.includes('tag'), (query) =>
          query.leftJoinLateral(
            sql<{ tag: string }>`(SELECT DISTINCT tag FROM jsonb_array_elements_text(ledger.tags) AS tag)`.as('tagged'),
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
  requests: bigint;
  input_tokens: bigint;
  output_tokens: bigint;
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
