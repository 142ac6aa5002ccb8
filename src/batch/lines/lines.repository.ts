import { Injectable } from '@nestjs/common';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { newRequestId } from '../../common/ids';
import { Database } from '../../database/database.connection';
import type { LineAnswer, Schema } from '../../database/schema';
import { PAGE_BYTES, smallBody } from './line-bodies.repository';
import type { ClaimedLine, LineResult } from './line-result';

/** End of a claim that is not renewed. */
const LEASE = sql`now() + interval '30 seconds'`;

/** Lines without a later start time. */
const PENDING = sql`state = 'pending' AND (lease_until IS NULL OR lease_until < now())`;
/** Lines that have not run. What is given back counts as not started. */
const WAITING = sql`(${PENDING} AND starts = 0)`;
/** Lines that were running when their process died. */
const INTERRUPTED = sql`((state = 'running' AND lease_until < now()) OR (${PENDING} AND starts > 0))`;
const CLAIMABLE = sql`((${PENDING}) OR (state = 'running' AND lease_until < now()))`;

const ENDED = sql.raw(`'done', 'failed', 'cancelled', 'expired'`);

/** Claims, renews and ends lines. Only the holder of a line's lease token can write its result. */
@Injectable()
export class LinesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Claims up to `limit` waiting lines of a batch, in order. Two processes never claim the same line. Beyond a megabyte of bodies
   * a line comes without its own, as a large one does, and reads it in its turn.
   */
  claim(batchId: string, limit: number): Promise<ClaimedLine[]> {
    return this.claimOf(batchId, WAITING, limit);
  }

  /** Whether lines were running when their process died. */
  async hasInterrupted(batchId: string): Promise<boolean> {
    const { rows } = await sql`
      SELECT FROM batch_lines WHERE batch_id = ${batchId} AND ${INTERRUPTED} LIMIT 1`.execute(this.database.db);
    return rows.length > 0;
  }

  /** Claims a line that was running when its process died. @returns none, or one */
  claimInterrupted(batchId: string): Promise<ClaimedLine[]> {
    return this.claimOf(batchId, INTERRUPTED, 1);
  }

  private async claimOf(batchId: string, which: RawBuilder<unknown>, limit: number): Promise<ClaimedLine[]> {
    const token = newRequestId();
    const { rows } = await sql<ClaimedLine>`
      WITH open AS (
        SELECT line_no FROM batch_lines
        WHERE batch_id = ${batchId} AND ${which} AND EXISTS (
          SELECT FROM batches
          WHERE id = ${batchId} AND status = 'in_progress' AND expires_at > now() AND planned_at IS NOT NULL)
        ORDER BY line_no LIMIT ${limit} FOR UPDATE SKIP LOCKED),
      claimed AS (
        UPDATE batch_lines line SET state = 'running', lease_token = ${token}, lease_until = ${LEASE}, starts = starts + 1
        FROM open WHERE line.batch_id = ${batchId} AND line.line_no = open.line_no
        RETURNING line.batch_id, line.line_no, line.custom_id, ${smallBody('line')} AS body, line.starts, line.lease_token, line.url)
      SELECT batch.id AS "batchId", line_no AS "lineNo", custom_id AS "customId", starts, claimed.lease_token AS "token",
        CASE WHEN sum(octet_length(body)) OVER (ORDER BY line_no) <= ${PAGE_BYTES}::int THEN body END AS body,
        batch.team_id AS "teamId", batch.key_id AS "keyId", claimed.url AS endpoint, batch.created_at AS "madeAt",
        batch.expires_at AS "expiresAt", batch.total_lines AS "batchLines", batch.escalate
      FROM claimed JOIN batches batch ON batch.id = claimed.batch_id ORDER BY line_no`.execute(this.database.db);
    return rows;
  }

  /** Renews the leases of running lines. */
  async renew(lines: readonly ClaimedLine[]): Promise<void> {
    await sql`
      UPDATE batch_lines line SET lease_until = ${LEASE} FROM ${held(lines)}
      WHERE ${isHeld(lines)}`.execute(this.database.db);
  }

  /** Releases lines as if they were never started. @param notBefore earliest next claim, if any */
  async giveBack(lines: readonly ClaimedLine[], notBefore?: Date): Promise<void> {
    await sql`
      UPDATE batch_lines line SET state = 'pending', lease_token = NULL, lease_until = ${notBefore ?? null}, starts = starts - 1
      FROM ${held(lines)}
      WHERE ${isHeld(lines)}`.execute(this.database.db);
  }

  /**
   * Writes results of one batch and adds them to its counts, in one statement. Lines of a shard were counted as escalated when
   * it ended.
   *
   * @param from the state that the lines are in: of running ones only the holder of the lease can write results
   * @param db a transaction that also has other things of the results
   * @returns how many were written; the others have ended, or their leases have expired
   */
  async record(
    batchId: string,
    results: readonly LineResult[],
    from: 'running' | 'sharded' | 'same' = 'running',
    db: Kysely<Schema> = this.database.db,
  ): Promise<number> {
    const { rows } = await sql<{ written: number }>`
      WITH result AS (SELECT * FROM unnest(
        ${results.map(({ line }) => line.lineNo)}::int[], ${results.map(({ line }) => line.token)}::text[],
        ${results.map(({ state }) => state)}::text[], ${results.map(({ requestId }) => requestId)}::text[],
        ${results.map(({ status }) => status)}::int[], ${results.map(({ body }) => body)}::text[],
        ${results.map(({ cached }) => cached)}::boolean[], ${results.map(({ provider }) => provider)}::text[],
        ${results.map(({ listCostPusd }) => listCostPusd)}::bigint[], ${results.map(({ costPusd }) => costPusd)}::bigint[],
        ${results.map(({ savedPusd }) => savedPusd)}::bigint[], ${results.map(({ model }) => model)}::text[],
        ${results.map(({ usage }) => usage?.inputTokens ?? 0)}::bigint[],
        ${results.map(({ usage }) => usage?.cachedInputTokens ?? 0)}::bigint[],
        ${results.map(({ usage }) => usage?.outputTokens ?? 0)}::bigint[],
        ${results.map(({ usage }) => usage?.reasoningTokens ?? 0)}::bigint[], ${results.map(answerOf)}::text[],
        ${results.map(({ escalated }) => escalated ?? false)}::boolean[]
      ) AS result (line_no, token, state, request_id, status, body, cached, provider, list_cost, cost, saved, model,
        input, cached_input, output, reasoning, answer, escalated)),
      written AS (
        UPDATE batch_lines line SET state = result.state, request_id = result.request_id,
          response_status = result.status, result = result.body, answer = result.answer::jsonb,
          lease_token = NULL, lease_until = NULL
        FROM result
        WHERE line.batch_id = ${batchId} AND line.line_no = ANY (${results.map(({ line }) => line.lineNo)}::int[])
          AND line.line_no = result.line_no AND line.state = ${from}
          AND (${from} <> 'running' OR line.lease_token = result.token)
        RETURNING line.line_no, line.shard_id),
      sums AS (
        SELECT count(*)::int AS written, count(*) FILTER (WHERE state = 'done')::int AS completed,
          count(*) FILTER (WHERE state = 'failed')::int AS failed, count(*) FILTER (WHERE cached)::int AS cached,
          count(*) FILTER (WHERE escalated AND shard_id IS NULL)::int AS escalated,
          coalesce(sum(list_cost), 0)::bigint AS list_cost, coalesce(sum(cost), 0)::bigint AS cost,
          coalesce(sum(saved), 0)::bigint AS saved,
          coalesce(sum(input), 0)::bigint AS input, coalesce(sum(cached_input), 0)::bigint AS cached_input,
          coalesce(sum(output), 0)::bigint AS output, coalesce(sum(reasoning), 0)::bigint AS reasoning,
          array_agg(DISTINCT model) FILTER (WHERE model IS NOT NULL) AS models,
          array_agg(DISTINCT provider) FILTER (WHERE provider IS NOT NULL) AS providers
        FROM result JOIN written USING (line_no))
      UPDATE batches batch SET completed_lines = completed_lines + sums.completed,
        failed_lines = failed_lines + sums.failed, cached_lines = cached_lines + sums.cached,
        list_cost_pusd = list_cost_pusd + sums.list_cost, cost_pusd = cost_pusd + sums.cost,
        saved_pusd = saved_pusd + sums.saved, escalated_lines = escalated_lines + sums.escalated,
        deduplicated_lines = deduplicated_lines + CASE WHEN ${from} = 'same' THEN sums.completed ELSE 0 END,
        input_tokens = input_tokens + sums.input, cached_input_tokens = cached_input_tokens + sums.cached_input,
        output_tokens = output_tokens + sums.output, reasoning_tokens = reasoning_tokens + sums.reasoning,
        models = ARRAY(SELECT DISTINCT unnest(batch.models || sums.models) ORDER BY 1),
        providers = ARRAY(SELECT DISTINCT unnest(batch.providers || sums.providers) ORDER BY 1)
      FROM sums WHERE batch.id = ${batchId} RETURNING sums.written`.execute(db);
    return rows[0]?.written ?? 0;
  }

  /** Ends the claimable lines of batches that are being cancelled or whose window is over. */
  async closeUnstarted(): Promise<void> {
    await sql`
      UPDATE batch_lines line SET lease_token = NULL, lease_until = NULL,
        state = CASE WHEN batch.status = 'cancelling' THEN 'cancelled' ELSE 'expired' END
      FROM batches batch
      WHERE line.batch_id = batch.id AND (line.state = 'pending' OR (line.state = 'running' AND line.lease_until < now()))
        AND (batch.status = 'cancelling' OR (batch.status = 'in_progress' AND batch.expires_at <= now()))`.execute(
      this.database.db,
    );
  }

  /**
   * Batches that are not planned, that have claimable lines or lines whose equal has ended, or no open lines and no files; with
   * the number of their lines.
   */
  async batchesToWorkOn(): Promise<{ id: string; teamId: string; lines: number }[]> {
    const { rows } = await sql<{ id: string; teamId: string; lines: number }>`
      SELECT id, team_id AS "teamId", total_lines AS lines FROM batches
      WHERE status IN ('in_progress', 'cancelling', 'finalizing')
        AND (planned_at IS NULL OR EXISTS (SELECT FROM batch_lines WHERE batch_id = batches.id AND ${CLAIMABLE})
          OR EXISTS (SELECT FROM batch_lines AS line JOIN batch_lines AS first
            ON first.batch_id = line.batch_id AND first.line_no = line.same_as
            WHERE line.batch_id = batches.id AND line.state = 'same' AND first.state IN (${ENDED}))
          OR ${hasNoOpenLines(sql.ref('batches.id'))})
      ORDER BY id`.execute(this.database.db);
    return rows;
  }

  /** Ends all leases. Only for a database that this process has alone. */
  async reclaimAll(): Promise<void> {
    await sql`UPDATE batch_lines SET lease_until = '-infinity' WHERE state = 'running'`.execute(this.database.db);
    await sql`UPDATE batches SET lease_until = NULL WHERE lease_until IS NOT NULL`.execute(this.database.db);
  }
}

/** Whether every line of a batch has ended. In two parts, each with an index. */
export function hasNoOpenLines(batchId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(NOT EXISTS (SELECT FROM batch_lines WHERE batch_id = ${batchId} AND state IN ('pending', 'running'))
    AND NOT EXISTS (SELECT FROM batch_lines WHERE batch_id = ${batchId} AND state IN ('sharded', 'same')))`;
}

/** What lines that ask the same need of an answer. */
function answerOf({ state, provider, model, usage, listCostPusd }: LineResult): string | null {
  if (state !== 'done' || !usage) return null;
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  const answer: LineAnswer = {
    provider,
    model,
    usage: { inputTokens, cachedInputTokens, outputTokens, reasoningTokens },
    listCostPusd: String(listCostPusd),
  };
  return JSON.stringify(answer);
}

/** Lines with their tokens, as a table. */
function held(lines: readonly ClaimedLine[]) {
  return sql`unnest(${lines.map(({ batchId }) => batchId)}::text[], ${lines.map(({ lineNo }) => lineNo)}::int[],
    ${lines.map(({ token }) => token)}::text[]) AS held (batch_id, line_no, token)`;
}

/** Names the lines a second time by number, so that the planner uses the index whatever the statistics are. */
function isHeld(lines: readonly ClaimedLine[]) {
  return sql`line.batch_id = held.batch_id AND line.line_no = ANY (${lines.map(({ lineNo }) => lineNo)}::int[])
    AND line.line_no = held.line_no AND line.state = 'running' AND line.lease_token = held.token`;
}
