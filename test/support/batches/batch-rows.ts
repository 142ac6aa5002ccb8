import { parseUsd } from '../../../src/common/money';
import type { RunningGateway } from '../gateway';

/** A row of the ledger, as far as the stories about batches look at it. */
export interface BatchRow {
  custom_id: string;
  state: string;
  provider: string;
  cache_status: string;
  saved_by: string | null;
  input_tokens: number;
  output_tokens: number;
  list_cost_usd: string;
  cost_usd: string;
  saved_usd: string;
  estimated: boolean;
}

/** All rows of a batch, in any order. */
export async function rowsOfBatch(gateway: RunningGateway, batchId: string): Promise<BatchRow[]> {
  const rows: BatchRow[] = [];
  for (let cursor = ''; ;) {
    const query = `batch_id=${batchId}&limit=1000${cursor && `&cursor=${cursor}`}`;
    const { status, body } = await gateway.admin('GET', `/admin/requests?${query}`);
    if (status !== 200) throw new Error(`no rows: ${status} ${JSON.stringify(body)}`);
    rows.push(...body.data);
    if (!body.next_cursor) return rows;
    cursor = body.next_cursor;
  }
}

/** The sum of a member of rows, in pico-dollars. */
export function sumOf(rows: readonly BatchRow[], member: 'list_cost_usd' | 'cost_usd' | 'saved_usd'): bigint {
  return rows.reduce((sum, row) => sum + parseUsd(row[member]), 0n);
}
