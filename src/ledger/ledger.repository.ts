import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { Schema } from '../database/schema';
import { BATCH_ENDED, ENDED_COUNTED, INSTANCE_STOPPED } from './ended-rows.repository';

/** An attempt that no caller made, of which nothing stays. */
const PROBE = {
  request_id: '00000000000000000000000000',
  attempt: 1,
  state: 'settled',
  team_id: 'probe',
  key_id: 'probe',
  model: 'probe',
  provider: 'probe',
  endpoint: '',
  stream: false,
  cache_status: 'MISS',
  cache_generation: 1,
  input_tokens: 1,
  cached_input_tokens: 0,
  output_tokens: 1,
  reasoning_tokens: 0,
  list_cost_pusd: '1',
  cost_pusd: '1',
  saved_pusd: '0',
  estimated: false,
  tags: ['probe'],
  created_at: '1970-01-01T00:00:00.000Z',
  owner: 'probe',
};
/** The numbers that truths which come late have as attempts, behind those of re-rating. */
const FIRST_LATE_TRUTH = sql.raw('20000');

@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /**
   * Writes rows, each key once, in key order. A row that is there already changes only from dispatched to its end, so
   * writing the same again does nothing. In the same statement each row that ends is counted, once, in the rollups (of
   * usage and of the cache), in the accounts that it moves money between, and in the leases of budgets that paid for it.
   *
   * Where a row was closed as unknown before, the truth that comes late is written beside it as a correction.
   *
   * @param rows JSON texts of ledger entries, as bytes
   */
  write(rows: readonly Buffer[], db: Kysely<Schema> = this.database.db): Promise<void> {
    return this.writeAll(jsonArrayOf(rows), rows.length, db);
  }

  /**
   * Whether the database takes a row now: one that nothing is wrong with is written by the same statement, and rolled back.
   * Tells a row that is refused from a database that takes none.
   */
  async acceptsRows(): Promise<boolean> {
    const undone = new Error('rolled back');
    try {
      await this.database.db.transaction().execute(async (transaction) => {
        await this.write([Buffer.from(JSON.stringify(PROBE))], transaction);
        throw undone;
      });
      return true;
    } catch (error) {
      return error === undone;
    }
  }

  /** Whether the ledger has an attempt of a call that the upstream may charge for. */
  async mayBeCharged(requestId: string): Promise<boolean> {
    const { rows } = await sql`
      SELECT FROM ledger WHERE request_id = ${requestId} AND state <> 'failed' AND cache_status NOT IN ('HIT', 'COALESCED')
      LIMIT 1`.execute(this.database.db);
    return rows.length > 0;
  }

  /** @param given a JSON array of so many rows */
  private async writeAll(given: Buffer, length: number, db: Kysely<Schema>): Promise<void> {
    const { rows: counts } = await sql<{ written: bigint }>`
      WITH written AS (
        INSERT INTO ledger SELECT * FROM json_populate_recordset(NULL::ledger, ${given}::json)
        ON CONFLICT (request_id, attempt) DO UPDATE SET
          state = excluded.state, status = excluded.status, upstream_model = excluded.upstream_model, uncached = excluded.uncached,
          input_tokens = excluded.input_tokens, cached_input_tokens = excluded.cached_input_tokens,
          cache_write_tokens = excluded.cache_write_tokens, output_tokens = excluded.output_tokens,
          reasoning_tokens = excluded.reasoning_tokens, list_cost_pusd = excluded.list_cost_pusd, cost_pusd = excluded.cost_pusd,
          saved_pusd = excluded.saved_pusd, saved_by = excluded.saved_by, estimated = excluded.estimated, rated = excluded.rated,
          error_code = excluded.error_code, latency_ms = excluded.latency_ms, ttft_ms = excluded.ttft_ms
        WHERE ledger.state = 'dispatched' AND excluded.state <> 'dispatched'
        RETURNING *
      )
      ${ENDED_COUNTED}`.execute(db);
    if (Number(counts[0]?.written ?? 0) < length) await this.correctUnknown(given, db);
  }

  /**
   * Corrects rows that were closed as unknown by what really became of them: the process that settled them was only cut off
   * from the database. The closed row stays; a row of the difference, once for each, brings it to the truth. In a statement
   * of its own, which sees what was closed while the first one waited.
   */
  private async correctUnknown(given: Buffer, db: Kysely<Schema>): Promise<void> {
    await sql`
      WITH late AS (
        SELECT truth.*, closed.input_tokens AS closed_input, closed.cached_input_tokens AS closed_cached,
          coalesce(closed.cache_write_tokens, 0) AS closed_cache_write, closed.output_tokens AS closed_output,
          closed.reasoning_tokens AS closed_reasoning, closed.list_cost_pusd AS closed_list, closed.cost_pusd AS closed_cost,
          closed.saved_pusd AS closed_saved
        FROM json_populate_recordset(NULL::ledger, ${given}::json) AS truth
        JOIN ledger AS closed ON closed.request_id = truth.request_id AND closed.attempt = truth.attempt
        WHERE closed.state = 'unknown' AND closed.error_code IN (${INSTANCE_STOPPED}, ${BATCH_ENDED}) AND truth.state <> 'dispatched'
      ), written AS (
        INSERT INTO ledger (request_id, attempt, corrects, state, team_id, key_id, model, provider, upstream_model, endpoint, status,
          stream, cache_status, cache_generation, uncached, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
          reasoning_tokens, price_id, list_cost_pusd, cost_pusd, saved_pusd, saved_by, estimated, charged, error_code, batch_id,
          custom_id, tags, created_at, latency_ms, ttft_ms, owner)
        SELECT request_id, ${FIRST_LATE_TRUTH} + attempt, attempt, state, team_id, key_id, model, provider, upstream_model, endpoint, status,
          stream, cache_status, cache_generation, uncached, input_tokens - closed_input, cached_input_tokens - closed_cached,
          nullif(coalesce(cache_write_tokens, 0) - closed_cache_write, 0), output_tokens - closed_output,
          reasoning_tokens - closed_reasoning, price_id, list_cost_pusd - closed_list, cost_pusd - closed_cost,
          saved_pusd - closed_saved, saved_by, estimated, charged, error_code, batch_id, custom_id, tags, created_at, latency_ms,
          ttft_ms, owner
        FROM late ORDER BY request_id, attempt
        ON CONFLICT (request_id, attempt) DO NOTHING
        RETURNING *
      )
      ${ENDED_COUNTED}`.execute(db);
  }
}

const [OPEN, COMMA, CLOSE] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')] as const;

/** JSON texts as one array. */
function jsonArrayOf(texts: readonly Buffer[]): Buffer {
  return Buffer.concat([...texts.flatMap((text, at) => [at === 0 ? OPEN : COMMA, text]), CLOSE]);
}
