import { Injectable } from '@nestjs/common';
import type { SavingsGroup } from '@thriftgate/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import { partsOf, type UsageFilter } from '../reports/reports.repository';
import { requestIdBounds } from '../reports/request-key';

/** Sums of one group and one source of savings. */
export interface SavingsRow {
  groups: Partial<Record<SavingsGroup, string>>;
  /** '' for calls that saved nothing. */
  savedBy: string;
  requests: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** Calls that could have cost less. */
export interface MissedSaving {
  reason: string;
  model: string | null;
  keyId: string | null;
  calls: number;
  costPusd: PicoUsd;
}

const COLUMNS: Record<SavingsGroup, RawBuilder<string>> = {
  team: sql`part.team_id`,
  model: sql`part.model`,
  day: sql`to_char(part.period AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
};

/** A key whose calls are like a job's: hardly a stream, and at least so many calls in some hour. */
const JOB_CALLS_AN_HOUR = 100;
const JOB_STREAM_SHARE = 0.05;

@Injectable()
export class SavingsRepository {
  constructor(private readonly database: Database) {}

  async sums(filter: UsageFilter, groups: SavingsGroup[]): Promise<SavingsRow[]> {
    const columns = [...groups.map((group) => COLUMNS[group]), sql<string>`part.saved_by`];
    const rows = await this.database.db
      .selectFrom(partsOf(filter, false).as('part'))
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
      .execute();
    return rows.map((row) => ({
      groups: Object.fromEntries(groups.map((group) => [group, row[group]])),
      savedBy: row.saved_by,
      requests: Number(row.requests),
      listCostPusd: BigInt(row.list),
      costPusd: BigInt(row.cost),
      savedPusd: BigInt(row.saved),
    }));
  }

  /** Questions that were paid for again, by why the answer before could not be given; the dearest first. */
  async repeats({ team_id, from, to }: UsageFilter, limit: number): Promise<MissedSaving[]> {
    const { least = '', below = '' } = requestIdBounds(from, to);
    const { rows } = await sql<{ reason: string; model: string; calls: bigint; cost: string }>`
      SELECT CASE WHEN cache_status = 'BYPASS' THEN 'bypass' WHEN cache_status = 'REFRESH' THEN 'refresh'
          ELSE coalesce(uncached_before, 'not_there') END AS reason, model, count(*) AS calls, sum(cost_pusd) AS cost
      FROM (
        SELECT model, cache_status, cost_pusd, row_number() OVER asked AS time, lag(uncached) OVER asked AS uncached_before
        FROM ledger
        WHERE question IS NOT NULL AND state = 'settled' AND corrects IS NULL AND cost_pusd > 0
          AND request_id >= ${least} AND request_id < ${below} AND created_at >= ${from} AND created_at < ${to}
          AND (${team_id ?? null}::text IS NULL OR team_id = ${team_id ?? null})
        WINDOW asked AS (PARTITION BY team_id, question ORDER BY request_id, attempt)
      ) AS asked WHERE time > 1
      GROUP BY 1, 2 ORDER BY sum(cost_pusd) DESC LIMIT ${limit}`.execute(this.database.db);
    return rows.map(({ reason, model, calls, cost }) => {
      return { reason, model, keyId: null, calls: Number(calls), costPusd: BigInt(cost) };
    });
  }

  /** Paid calls, not in batches and no streams, of keys that behave like jobs; the dearest first. */
  async deferrable({ team_id, from, to }: UsageFilter, limit: number): Promise<MissedSaving[]> {
    const { least = '', below = '' } = requestIdBounds(from, to);
    const { rows } = await sql<{ key_id: string; model: string; calls: bigint; cost: string }>`
      WITH jobs AS (
        SELECT key_id FROM (
          SELECT key_id, period, sum(requests) AS calls, sum(requests) FILTER (WHERE stream) AS streams FROM usage_rollups
          WHERE grain = 'hour' AND period >= ${from} AND period < ${to} AND (${team_id ?? null}::text IS NULL OR team_id = ${team_id ?? null})
          GROUP BY key_id, period
        ) AS hours GROUP BY key_id
        HAVING max(calls) >= ${JOB_CALLS_AN_HOUR} AND coalesce(sum(streams), 0) <= sum(calls) * ${JOB_STREAM_SHARE}::numeric
      )
      SELECT key_id, model, count(*) AS calls, sum(cost_pusd) AS cost FROM ledger JOIN jobs USING (key_id)
      WHERE state = 'settled' AND corrects IS NULL AND cost_pusd > 0 AND batch_id IS NULL AND NOT stream
        AND request_id >= ${least} AND request_id < ${below} AND created_at >= ${from} AND created_at < ${to}
      GROUP BY 1, 2 ORDER BY sum(cost_pusd) DESC LIMIT ${limit}`.execute(this.database.db);
    return rows.map(({ key_id: keyId, model, calls, cost }) => {
      return { reason: 'not_in_a_batch', model, keyId, calls: Number(calls), costPusd: BigInt(cost) };
    });
  }
}
