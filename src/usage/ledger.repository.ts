import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.connection';

@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /**
   * Writes rows, each key once, in key order. A row that is there already changes only from dispatched to its end, so
   * writing the same again does nothing.
   *
   * @param rows JSON texts of ledger entries
   */
  async write(rows: string[]): Promise<void> {
    await sql`
      INSERT INTO ledger SELECT * FROM json_populate_recordset(NULL::ledger, ${`[${rows.join(',')}]`}::json)
      ON CONFLICT (request_id, attempt) DO UPDATE SET
        state = excluded.state, status = excluded.status, upstream_model = excluded.upstream_model,
        input_tokens = excluded.input_tokens, cached_input_tokens = excluded.cached_input_tokens,
        output_tokens = excluded.output_tokens, reasoning_tokens = excluded.reasoning_tokens,
        list_cost_pusd = excluded.list_cost_pusd, cost_pusd = excluded.cost_pusd, saved_pusd = excluded.saved_pusd,
        saved_by = excluded.saved_by, estimated = excluded.estimated, error_code = excluded.error_code,
        latency_ms = excluded.latency_ms, ttft_ms = excluded.ttft_ms
      WHERE ledger.state = 'dispatched' AND excluded.state <> 'dispatched'`.execute(this.database.db);
  }

  /** Ends the tries that a dead process left open. Nobody knows whether they were answered: they keep their estimate. */
  async closeEpoch(epoch: string): Promise<number> {
    const result = await this.database.db
      .updateTable('ledger')
      .set({ state: 'unknown', estimated: true, error_code: 'gateway_stopped' })
      .where('epoch', '=', epoch)
      .where('state', '=', 'dispatched')
      .executeTakeFirst();
    return Number(result.numUpdatedRows);
  }
}
