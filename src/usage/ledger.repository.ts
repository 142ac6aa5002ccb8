import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.connection';

/** What a rollup sums, in the order of its columns. */
const SUMMED = sql.raw(
  'requests, attempts, failures, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, list_cost_pusd, cost_pusd, saved_pusd',
);
const DIMENSIONS = sql.raw('grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, tags');

@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /**
   * Writes rows, each key once, in key order. A row that is there already changes only from dispatched to its end, so
   * writing the same again does nothing. In the same statement each row that ends is counted, once, in the rollups, in the
   * accounts that it moves money between, and in the leases of budgets that paid for it.
   *
   * @param rows JSON texts of ledger entries
   */
  async write(rows: string[]): Promise<void> {
    await sql`
      WITH written AS (
        INSERT INTO ledger SELECT * FROM json_populate_recordset(NULL::ledger, ${`[${rows.join(',')}]`}::json)
        ON CONFLICT (request_id, attempt) DO UPDATE SET
          state = excluded.state, status = excluded.status, upstream_model = excluded.upstream_model, uncached = excluded.uncached,
          input_tokens = excluded.input_tokens, cached_input_tokens = excluded.cached_input_tokens,
          cache_write_tokens = excluded.cache_write_tokens, output_tokens = excluded.output_tokens,
          reasoning_tokens = excluded.reasoning_tokens, list_cost_pusd = excluded.list_cost_pusd, cost_pusd = excluded.cost_pusd,
          saved_pusd = excluded.saved_pusd, saved_by = excluded.saved_by, estimated = excluded.estimated,
          error_code = excluded.error_code, latency_ms = excluded.latency_ms, ttft_ms = excluded.ttft_ms
        WHERE ledger.state = 'dispatched' AND excluded.state <> 'dispatched'
        RETURNING *
      )
      ${ENDED_COUNTED}`.execute(this.database.db);
  }

  /**
   * Ends the life of a process that is dead and whose journal is wholly in the ledger, or lost. Nobody knows whether its
   * open tries were answered: they keep their estimate. What it leased of budgets and did not spend is free again.
   *
   * @param journalLost whether calls may have been sent that are not in the ledger
   * @returns how many tries have an unknown end now
   */
  closeEpoch(epoch: string, journalLost = false): Promise<number> {
    return this.database.db.transaction().execute(async (transaction) => {
      if (journalLost) {
        await sql`UPDATE idempotency_keys SET state = 'lost' WHERE epoch = ${epoch} AND state = 'running'`.execute(
          transaction,
        );
      }
      const { rows } = await sql<{ calls: bigint }>`
        WITH written AS (
          UPDATE ledger SET state = 'unknown', estimated = true, error_code = 'gateway_stopped'
          WHERE epoch = ${epoch} AND state = 'dispatched'
          RETURNING *
        )
        ${ENDED_COUNTED}`.execute(transaction);
      await sql`UPDATE budget_leases SET granted_pusd = used_pusd, closed = true WHERE epoch = ${epoch} AND NOT closed`.execute(
        transaction,
      );
      await sql`DELETE FROM processes WHERE epoch = ${epoch}`.execute(transaction);
      return Number(rows[0]?.calls ?? 0);
    });
  }

  /** Says that a process lives. */
  async beat(epoch: string): Promise<void> {
    await sql`INSERT INTO processes (epoch) VALUES (${epoch}) ON CONFLICT (epoch) DO UPDATE SET seen_at = now()`.execute(
      this.database.db,
    );
  }

  /** Processes that were not seen for so long. */
  async deadEpochs(afterSeconds: number): Promise<string[]> {
    const { rows } = await sql<{ epoch: string }>`
      SELECT epoch FROM processes WHERE seen_at < now() - make_interval(secs => ${afterSeconds})`.execute(
      this.database.db,
    );
    return rows.map(({ epoch }) => epoch);
  }
}

/**
 * Counts the rows of `written` that have ended. Everything is touched in the order of its key, so that two processes never
 * wait for each other in a circle.
 */
const ENDED_COUNTED = sql<{ calls: bigint }>`
  , ended AS (
    SELECT *, coalesce(tags::text, '') AS tag_list FROM written WHERE state <> 'dispatched'
  ), sums AS (
    SELECT date_trunc('hour', created_at, 'UTC') AS hour, team_id, key_id, model, coalesce(provider, '') AS provider,
      cache_status, coalesce(saved_by, '') AS saved_by, stream, tag_list AS tags,
      count(*) FILTER (WHERE attempt = 1) AS requests, count(*) FILTER (WHERE corrects IS NULL) AS attempts,
      count(*) FILTER (WHERE state = 'failed') AS failures, sum(input_tokens) AS input_tokens,
      sum(cached_input_tokens) AS cached_input_tokens, sum(output_tokens) AS output_tokens,
      sum(reasoning_tokens) AS reasoning_tokens, sum(list_cost_pusd) AS list_cost_pusd, sum(cost_pusd) AS cost_pusd,
      sum(saved_pusd) AS saved_pusd
    FROM ended GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ), rolled AS (
    INSERT INTO usage_rollups AS kept (${DIMENSIONS}, ${SUMMED})
    SELECT * FROM (
      SELECT 'hour' AS grain, sums.* FROM sums
      UNION ALL
      SELECT 'day', date_trunc('day', hour, 'UTC'), team_id, key_id, model, provider, cache_status, saved_by, stream, tags,
        sum(requests), sum(attempts), sum(failures), sum(input_tokens), sum(cached_input_tokens), sum(output_tokens),
        sum(reasoning_tokens), sum(list_cost_pusd), sum(cost_pusd), sum(saved_pusd)
      FROM sums GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10
    ) AS both_grains ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ON CONFLICT (${DIMENSIONS}) DO UPDATE SET
      requests = kept.requests + excluded.requests, attempts = kept.attempts + excluded.attempts,
      failures = kept.failures + excluded.failures, input_tokens = kept.input_tokens + excluded.input_tokens,
      cached_input_tokens = kept.cached_input_tokens + excluded.cached_input_tokens,
      output_tokens = kept.output_tokens + excluded.output_tokens,
      reasoning_tokens = kept.reasoning_tokens + excluded.reasoning_tokens,
      list_cost_pusd = kept.list_cost_pusd + excluded.list_cost_pusd, cost_pusd = kept.cost_pusd + excluded.cost_pusd,
      saved_pusd = kept.saved_pusd + excluded.saved_pusd
  ), moved AS (
    INSERT INTO accounts AS kept (id, debits_pusd, credits_pusd)
    SELECT account, sum(debit), sum(credit) FROM (
      SELECT 'team:' || team_id AS account, greatest(cost_pusd, 0) AS debit, greatest(-cost_pusd, 0) AS credit FROM ended
      UNION ALL
      SELECT 'provider:' || coalesce(provider, ''), greatest(-cost_pusd, 0), greatest(cost_pusd, 0) FROM ended
    ) AS sides WHERE debit <> 0 OR credit <> 0 GROUP BY account ORDER BY account
    ON CONFLICT (id) DO UPDATE SET
      debits_pusd = kept.debits_pusd + excluded.debits_pusd, credits_pusd = kept.credits_pusd + excluded.credits_pusd
  ), paid AS (
    INSERT INTO budget_leases AS kept (budget_id, window_start, epoch, granted_pusd, used_pusd)
    SELECT split_part(slice, '@', 1), to_timestamp(split_part(slice, '@', 2)::bigint), epoch, 0, sum(cost_pusd)
    FROM ended, unnest(charged) AS slice GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (budget_id, window_start, epoch) DO UPDATE SET used_pusd = kept.used_pusd + excluded.used_pusd
  )
  SELECT count(*) AS calls FROM ended`;
