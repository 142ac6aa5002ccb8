import type { EventsQuery, RequestRow } from '@thriftgate/contracts';
import { parseUsd } from '../common/money';

/** Whether a row of the ledger matches the filters of a stream, as `GET /admin/requests` compares them. */
export function matchesRow(query: EventsQuery, row: RequestRow): boolean {
  const { model, batch_id: batchId, status, tag, min_cost_usd: minCost, min_latency_ms: minLatencyMs, stream } = query;
  const statusOf = row.status ?? 0;
  return (
    isIn(query.state, row.state) &&
    isIn(query.error_code, row.error_code) &&
    isIn(query.provider, row.provider) &&
    isIn(query.cache_status, row.cache_status) &&
    isIn(query.saved_by, row.saved_by) &&
    (model === undefined || row.model === model) &&
    (batchId === undefined || row.batch_id === batchId) &&
    (status === undefined || status.some(({ least, most }) => statusOf >= least && statusOf <= most)) &&
    (tag === undefined || row.tags.includes(tag)) &&
    (minCost === undefined || parseUsd(row.cost_usd) >= parseUsd(minCost)) &&
    (minLatencyMs === undefined || (row.latency_ms ?? -1) >= minLatencyMs) &&
    (stream === undefined || row.stream === stream)
  );
}

function isIn(values: readonly string[] | undefined, value: string | null): boolean {
  return values === undefined || (value !== null && values.includes(value));
}
