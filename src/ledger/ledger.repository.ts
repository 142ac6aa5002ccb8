import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { Database } from '../database/database.connection';
import type { Schema } from '../database/schema';
import { JsonArrays } from './drain/json-array';
import { grainOf, ROLLUP_DIMENSIONS, ROLLUP_LEVELS, type RollupDimension, type RollupLevel } from './rollup-levels';

/** What a rollup sums. */
const SUMMED = [
  'requests',
  'attempts',
  'failures',
  'paid',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'list_cost_pusd',
  'cost_pusd',
  'saved_pusd',
];
const DIMENSIONS = Object.keys(ROLLUP_DIMENSIONS) as RollupDimension[];
const CACHE_DIMENSIONS = sql.raw('day, team_id, model, generation, upstream_model, cache_status, uncached');

/** The code of a row whose process was given up before it told the end. */
const GIVEN_UP = 'gateway_stopped';
/** The numbers that truths which come late have as attempts, behind those of re-rating. */
const FIRST_LATE_TRUTH = sql.raw('20000');

@Injectable()
export class LedgerRepository {
  private readonly arrays = new JsonArrays();

  constructor(private readonly database: Database) {}

  /**
   * Writes rows, each key once, in key order. A row that is there already changes only from dispatched to its end, so
   * writing the same again does nothing. In the same statement each row that ends is counted, once, in the rollups (of
   * usage and of the cache), in the accounts that it moves money between, and in the leases of budgets that paid for it.
   *
   * Where the end of a row was given up for unknown before, the truth that comes late is written beside it as a correction.
   *
   * @param rows JSON texts of ledger entries, as bytes; they are not held on to
   */
  write(rows: Buffer[]): Promise<void> {
    const { length } = rows;
    return this.arrays.with(rows, (given) => this.writeAll(given, length));
  }

  /** @param given a JSON array of so many rows */
  private async writeAll(given: Buffer, length: number): Promise<void> {
    const { rows: counts } = await sql<{ written: bigint }>`
      WITH written AS (
        INSERT INTO ledger SELECT * FROM json_populate_recordset(NULL::ledger, ${given}::json)
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
    if (Number(counts[0]?.written ?? 0) < length) await this.correctUnknown(given);
  }

  /**
   * Corrects rows that were closed as unknown by what really became of them: their process was only cut off from the
   * database. The closed row stays; a row of the difference, once for each, brings it to the truth. In a statement of its
   * own, for only so it sees what was closed while the first one waited.
   */
  private async correctUnknown(given: Buffer): Promise<void> {
    await sql`
      WITH late AS (
        SELECT truth.*, closed.input_tokens AS closed_input, closed.cached_input_tokens AS closed_cached,
          coalesce(closed.cache_write_tokens, 0) AS closed_cache_write, closed.output_tokens AS closed_output,
          closed.reasoning_tokens AS closed_reasoning, closed.list_cost_pusd AS closed_list, closed.cost_pusd AS closed_cost,
          closed.saved_pusd AS closed_saved
        FROM json_populate_recordset(NULL::ledger, ${given}::json) AS truth
        JOIN ledger AS closed ON closed.request_id = truth.request_id AND closed.attempt = truth.attempt
        WHERE closed.state = 'unknown' AND closed.error_code = ${GIVEN_UP} AND truth.state <> 'dispatched'
      ), written AS (
        INSERT INTO ledger (request_id, attempt, corrects, state, team_id, key_id, model, provider, upstream_model, endpoint, status,
          stream, cache_status, cache_generation, uncached, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
          reasoning_tokens, price_id, list_cost_pusd, cost_pusd, saved_pusd, saved_by, estimated, charged, error_code, batch_id,
          custom_id, tags, created_at, latency_ms, ttft_ms, epoch)
        SELECT request_id, ${FIRST_LATE_TRUTH} + attempt, attempt, state, team_id, key_id, model, provider, upstream_model, endpoint, status,
          stream, cache_status, cache_generation, uncached, input_tokens - closed_input, cached_input_tokens - closed_cached,
          nullif(coalesce(cache_write_tokens, 0) - closed_cache_write, 0), output_tokens - closed_output,
          reasoning_tokens - closed_reasoning, price_id, list_cost_pusd - closed_list, cost_pusd - closed_cost,
          saved_pusd - closed_saved, saved_by, estimated, charged, error_code, batch_id, custom_id, tags, created_at, latency_ms,
          ttft_ms, epoch
        FROM late ORDER BY request_id, attempt
        ON CONFLICT (request_id, attempt) DO NOTHING
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
      // First: what the process writes meanwhile is seen below, or has it among the living again.
      await sql`DELETE FROM processes WHERE epoch = ${epoch}`.execute(transaction);
      if (journalLost) {
        await sql`UPDATE idempotency_keys SET state = 'lost' WHERE epoch = ${epoch} AND state = 'running'`.execute(
          transaction,
        );
      }
      const calls = await endAsUnknown(transaction, [epoch], sql`true`);
      await sql`UPDATE budget_leases SET granted_pusd = used_pusd, closed = true WHERE epoch = ${epoch}`.execute(
        transaction,
      );
      return calls;
    });
  }

  /** The keys of the tries of processes, `request id.attempt`, that have no end in the database yet. */
  async openAttempts(epochs: string[]): Promise<string[]> {
    const { rows } = await sql<{ key: string }>`
      SELECT request_id || '.' || attempt AS key FROM ledger WHERE epoch = ANY(${epochs}::text[]) AND state = 'dispatched'`.execute(
      this.database.db,
    );
    return rows.map(({ key }) => key);
  }

  /** Ends tries of processes that are dead, of which their journals know no end. They keep their estimate. @returns how many */
  closeAttempts(epochs: string[], keys: string[]): Promise<number> {
    return this.database.db
      .transaction()
      .execute((transaction) =>
        endAsUnknown(transaction, epochs, sql`request_id || '.' || attempt = ANY(${keys}::text[])`),
      );
  }

  /** Says that a process lives. @returns since when, in milliseconds since 1970: anew where it had been taken for dead */
  async beat(epoch: string): Promise<number> {
    const { rows } = await sql<{ started_at: Date }>`
      INSERT INTO processes (epoch) VALUES (${epoch}) ON CONFLICT (epoch) DO UPDATE SET seen_at = now()
      RETURNING started_at`.execute(this.database.db);
    return rows[0]?.started_at.getTime() ?? 0;
  }

  /** Processes that were not seen for so long, also those that were taken for dead before and wrote once more since. */
  async deadEpochs(afterSeconds: number): Promise<string[]> {
    const { rows } = await sql<{ epoch: string }>`
      SELECT epoch FROM processes WHERE seen_at < now() - make_interval(secs => ${afterSeconds})
      UNION
      SELECT epoch FROM ledger WHERE state = 'dispatched' AND created_at < now() - make_interval(secs => ${afterSeconds})
        AND NOT EXISTS (SELECT FROM processes WHERE processes.epoch = ledger.epoch)`.execute(this.database.db);
    return rows.map(({ epoch }) => epoch);
  }
}

/** Ends open tries of processes for unknown. */
async function endAsUnknown(
  transaction: Transaction<Schema>,
  epochs: string[],
  which: RawBuilder<unknown>,
): Promise<number> {
  const theirs = sql`epoch = ANY(${epochs}::text[])`;
  // In the order in which rows are written: a process that is only cut off may come back and write the same ones.
  await sql`SELECT FROM ledger WHERE ${theirs} AND state = 'dispatched' AND ${which}
    ORDER BY request_id, attempt FOR UPDATE`.execute(transaction);
  await sql`SELECT FROM budget_leases WHERE ${theirs} ORDER BY budget_id, window_start, epoch FOR UPDATE`.execute(
    transaction,
  );
  const { rows } = await sql<{ calls: bigint }>`
    WITH written AS (
      UPDATE ledger SET state = 'unknown', estimated = true, error_code = ${GIVEN_UP}
      WHERE ${theirs} AND state = 'dispatched' AND ${which}
      RETURNING *
    )
    ${ENDED_COUNTED}`.execute(transaction);
  return Number(rows[0]?.calls ?? 0);
}

/**
 * Counts the rows of `written` that have ended. Everything is touched in the order of its key, so that two processes never
 * wait for each other in a circle.
 */
const ENDED_COUNTED = sql`
  , ended AS (
    SELECT *, coalesce(tags::text, '') AS tag_list FROM written WHERE state <> 'dispatched'
  ), by_call AS (
    SELECT date_trunc('hour', created_at, 'UTC') AS hour, team_id, key_id, model, coalesce(provider, '') AS provider,
      cache_status, coalesce(saved_by, '') AS saved_by, stream, batch_id IS NOT NULL AS batch, tag_list AS tags,
      count(*) FILTER (WHERE attempt = 1) AS requests, count(*) FILTER (WHERE corrects IS NULL) AS attempts,
      count(*) FILTER (WHERE state = 'failed') AS failures, count(*) FILTER (WHERE corrects IS NULL AND cost_pusd > 0) AS paid,
      sum(input_tokens) AS input_tokens,
      sum(cached_input_tokens) AS cached_input_tokens, sum(output_tokens) AS output_tokens,
      sum(reasoning_tokens) AS reasoning_tokens, sum(list_cost_pusd) AS list_cost_pusd, sum(cost_pusd) AS cost_pusd,
      sum(saved_pusd) AS saved_pusd
    FROM ended GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  ), ${sql.join(ROLLUP_LEVELS.flatMap(coarser))}, rolled AS (
    INSERT INTO usage_rollups AS kept (grain, period, ${columns(DIMENSIONS)}, ${columns(SUMMED)})
    SELECT * FROM (${sql.join(ROLLUP_LEVELS.flatMap(graded), sql` UNION ALL `)}) AS all_levels
    ORDER BY grain, period, ${columns(DIMENSIONS)}
    ON CONFLICT (grain, period, ${columns(DIMENSIONS)}) DO UPDATE SET
      ${columns(SUMMED.map((column) => `${column} = kept.${column} + excluded.${column}`))}
  ), cache_rolled AS (
    INSERT INTO cache_rollups AS kept (${CACHE_DIMENSIONS}, requests, refused, saved_pusd)
    SELECT (created_at AT TIME ZONE 'UTC')::date, team_id, model, cache_generation, left(coalesce(upstream_model, ''), 200),
      cache_status, coalesce(uncached, ''), count(*) FILTER (WHERE attempt = 1), count(uncached), sum(saved_pusd)
    FROM ended WHERE attempt = 1 OR uncached IS NOT NULL OR saved_pusd <> 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (${CACHE_DIMENSIONS}) DO UPDATE SET requests = kept.requests + excluded.requests,
      refused = kept.refused + excluded.refused, saved_pusd = kept.saved_pusd + excluded.saved_pusd
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
    ON CONFLICT (budget_id, window_start, epoch) DO UPDATE SET used_pusd = kept.used_pusd + excluded.used_pusd,
      -- A process that was given up holds nothing, whatever comes of its calls.
      granted_pusd = CASE WHEN kept.closed THEN kept.used_pusd + excluded.used_pusd ELSE kept.granted_pusd END
  )
  SELECT (SELECT count(*) FROM ended) AS calls, (SELECT count(*) FROM written) AS written`;

function columns(names: readonly string[]): RawBuilder<unknown> {
  return sql.raw(names.join(', '));
}

function sums(names: readonly string[]): RawBuilder<unknown> {
  return columns(names.map((name) => `sum(${name}) AS ${name}`));
}

/** The rows of a level, summed from those of the finer one. */
function coarser({ name, of, keeps }: RollupLevel): RawBuilder<unknown>[] {
  if (of === undefined) return [];
  const kept = DIMENSIONS.map((each) => (keeps.includes(each) ? each : `${ROLLUP_DIMENSIONS[each]} AS ${each}`));
  return [
    sql`${sql.raw(`by_${name}`)} AS (
      SELECT hour, ${columns(kept)}, ${sums(SUMMED)} FROM ${sql.raw(`by_${of}`)} GROUP BY hour, ${columns(keeps)})`,
  ];
}

/** The rows of a level by each of its units, with what marks them in the roll-ups. */
function graded(level: RollupLevel): RawBuilder<unknown>[] {
  return level.units.map((unit) => {
    const marked = sql`SELECT ${sql.lit(grainOf(unit, level))} AS grain`;
    const rows = sql.raw(`by_${level.name}`);
    return unit === 'hour'
      ? sql`${marked}, hour AS period, ${columns(DIMENSIONS)}, ${columns(SUMMED)} FROM ${rows}`
      : sql`${marked}, date_trunc('day', hour, 'UTC') AS period, ${columns(DIMENSIONS)}, ${sums(SUMMED)} FROM ${rows}
          GROUP BY period, ${columns(DIMENSIONS)}`;
  });
}
