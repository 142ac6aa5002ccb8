import { Injectable } from '@nestjs/common';
import type { SavingsGroup } from '@thriftgate/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import { snapshot } from '../../database/snapshot';
import { partsOf } from '../reports/report-parts.repository';
import type { UsageFilter } from '../reports/report-span';
import { groupName } from '../reports/group-name';
import { requestIdBounds } from '../reports/request-key';
import type { RollupDimension } from '../../ledger/rollup-levels';

/** Sums of one group and one source of savings. Costs are pico-dollars. */
export interface SavingsRow {
  groups: Partial<Record<SavingsGroup, string>>;
  /** '' for calls without savings. */
  savedBy: string;
  requests: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** A group of calls that could have cost less. */
export interface MissedSaving {
  reason: string;
  model: string | null;
  keyId: string | null;
  calls: number;
  costPusd: PicoUsd;
  /** Whether the figures are from a sample. */
  estimated: boolean;
}

/** Repeated requests are counted in all calls of a span up to this many calls, above it in a sample. */
const WHOLE_CALLS = 50_000;
/** The index `ledger_sample` has all calls of the requests whose hash ends in six zero bits. */
const SAMPLED = sql`(question & 63) = 0`;
const SAMPLE_SHARE = 64;

const COLUMNS: Record<SavingsGroup, RawBuilder<string | Date>> = {
  team: sql`part.team_id`,
  model: sql`part.model`,
  day: sql`part.period`,
};

const DIMENSIONS: Partial<Record<SavingsGroup, RollupDimension>> = { team: 'team_id', model: 'model' };

/** A key runs a job if it makes this many calls on some day and almost no streams. */
const JOB_CALLS_A_DAY = 100;
const JOB_STREAM_SHARE = 0.05;

@Injectable()
export class SavingsRepository {
  constructor(private readonly database: Database) {}

  async sums(filter: UsageFilter, groups: SavingsGroup[]): Promise<SavingsRow[]> {
    const columns = [...groups.map((group) => COLUMNS[group]), sql<string>`part.saved_by`];
    const rows = await snapshot(this.database, (transaction) =>
      transaction
        .selectFrom(partsOf(filter, [...groups.flatMap((group) => DIMENSIONS[group] ?? []), 'saved_by']).as('part'))
        .select([
          sql<string>`part.saved_by`.as('saved_by'),
          sql<string>`sum(part.requests)`.as('requests'),
          sql<string>`sum(part.list_cost_pusd)`.as('list'),
          sql<string>`sum(part.cost_pusd)`.as('cost'),
          sql<string>`sum(part.saved_pusd)`.as('saved'),
        ])
        .select(groups.map((group) => COLUMNS[group].as(group)))
        .groupBy(columns)
        .orderBy(sql.join(columns))
        .execute(),
    );
    return rows.map((row) => ({
      groups: Object.fromEntries(groups.map((group) => [group, groupName(group, row[group])])),
      savedBy: row.saved_by,
      requests: Number(row.requests),
      listCostPusd: BigInt(row.list),
      costPusd: BigInt(row.cost),
      savedPusd: BigInt(row.saved),
    }));
  }

  /**
   * Repeated requests that were charged, by the reason why the earlier response was not used; the most expensive first.
   * For a span of more than 50,000 calls the figures are from all calls of one request in 64.
   */
  async repeats(filter: UsageFilter, limit: number): Promise<MissedSaving[]> {
    const { team_id, from, to } = filter;
    const { least = '', below = '' } = requestIdBounds(from, to);
    const estimated = (await this.calls(filter)) > WHOLE_CALLS;
    const share = estimated ? SAMPLE_SHARE : 1;
    const { rows } = await snapshot(this.database, (transaction) =>
      sql<{ reason: string; model: string; calls: bigint; cost: string }>`
      SELECT CASE WHEN cache_status = 'BYPASS' THEN 'bypass' WHEN cache_status = 'REFRESH' THEN 'refresh'
          ELSE coalesce(uncached_before, 'not_there') END AS reason, model, count(*) AS calls, sum(cost_pusd) AS cost
      FROM (
        SELECT model, cache_status, cost_pusd, row_number() OVER repeated AS time, lag(uncached) OVER repeated AS uncached_before
        FROM ledger
        WHERE ${estimated ? SAMPLED : sql`question IS NOT NULL`} AND state = 'settled' AND corrects IS NULL AND cost_pusd > 0
          AND request_id >= ${least} AND request_id < ${below} AND created_at >= ${from} AND created_at < ${to}
          ${team_id === undefined ? sql`` : sql`AND team_id = ${team_id}`}
        WINDOW repeated AS (PARTITION BY team_id, question ORDER BY request_id, attempt)
      ) AS repeats WHERE time > 1
      GROUP BY 1, 2 ORDER BY sum(cost_pusd) DESC LIMIT ${limit}`.execute(transaction),
    );
    return rows.map(({ reason, model, calls, cost }) => {
      return {
        reason,
        model,
        keyId: null,
        calls: Number(calls) * share,
        costPusd: BigInt(cost) * BigInt(share),
        estimated,
      };
    });
  }

  /** Charged calls of keys that run jobs, without batches and streams; the most expensive first. */
  async deferrable(filter: UsageFilter, limit: number): Promise<MissedSaving[]> {
    const { rows } = await snapshot(this.database, (transaction) =>
      sql<{ key_id: string; model: string; calls: string; cost: string }>`
      WITH part AS ${partsOf(filter, ['key_id', 'model', 'stream', 'batch'])}, jobs AS (
        SELECT key_id FROM (
          SELECT key_id, period, sum(requests) AS calls, sum(requests) FILTER (WHERE stream) AS streams FROM part GROUP BY 1, 2
        ) AS days GROUP BY key_id
        HAVING max(calls) >= ${JOB_CALLS_A_DAY} AND coalesce(sum(streams), 0) <= sum(calls) * ${JOB_STREAM_SHARE}::numeric
      )
      SELECT key_id, model, sum(paid) AS calls, sum(cost_pusd) AS cost FROM part JOIN jobs USING (key_id)
      WHERE NOT stream AND NOT batch AND cost_pusd <> 0
      GROUP BY 1, 2 ORDER BY sum(cost_pusd) DESC LIMIT ${limit}`.execute(transaction),
    );
    return rows.map(({ key_id: keyId, model, calls, cost }) => {
      return {
        reason: 'not_in_a_batch',
        model,
        keyId,
        calls: Number(calls),
        costPusd: BigInt(cost),
        estimated: false,
      };
    });
  }

  private async calls(filter: UsageFilter): Promise<number> {
    const { calls } = await this.database.db
      .selectFrom(partsOf(filter, []).as('part'))
      .select(sql<string>`coalesce(sum(part.requests), 0)`.as('calls'))
      .executeTakeFirstOrThrow();
    return Number(calls);
  }
}
