import type { UsageSums } from '@thriftgate/contracts';
import { formatUsd } from '../../common/money';
import { latencyPercentile } from '../../ledger/sums/latency';
import type { CsvColumn } from './usage-csv';
import { failedCalls, refusedCalls, type Sums } from './sums';

/** The columns of sums, in the order of the JSON members. */
export const SUM_COLUMNS: readonly (CsvColumn & { name: keyof UsageSums })[] = [
  ...(
    [
      'requests',
      'refused',
      'errors',
      'estimated',
      'input_tokens',
      'cached_input_tokens',
      'output_tokens',
      'reasoning_tokens',
      'list_cost_usd',
      'cost_usd',
      'estimated_cost_usd',
      'saved_usd',
      'latency_p50_ms',
      'latency_p95_ms',
    ] as const
  ).map((name) => ({ name, kind: 'number' as const })),
  { name: 'refused_by', kind: 'text' },
];

/** @param byAttempt whether errors are counted by attempt, because attempts of one call may be apart */
export function toWire(sums: Sums, byAttempt: boolean): Omit<UsageSums, 'previous'> {
  return {
    requests: sums.requests,
    refused: refusedCalls(sums),
    errors: byAttempt ? sums.failedAttempts : failedCalls(sums),
    estimated: sums.estimated,
    input_tokens: sums.inputTokens,
    cached_input_tokens: sums.cachedInputTokens,
    output_tokens: sums.outputTokens,
    reasoning_tokens: sums.reasoningTokens,
    list_cost_usd: formatUsd(sums.listCostPusd),
    cost_usd: formatUsd(sums.costPusd),
    estimated_cost_usd: formatUsd(sums.estimatedCostPusd),
    saved_usd: formatUsd(sums.savedPusd),
    latency_p50_ms: latencyPercentile(sums.latency, 0.5),
    latency_p95_ms: latencyPercentile(sums.latency, 0.95),
    refused_by: sums.refusedBy,
  };
}

/** A row of a table: counts by error code as text, and the sums of the period before in columns of their own. */
export function toCsvRow({ previous, ...row }: Record<string, unknown>): Record<string, unknown> {
  const before = Object.entries(previous ? toCsvRow(previous as Record<string, unknown>) : {});
  return {
    ...row,
    refused_by: Object.entries((row.refused_by ?? {}) as Record<string, number>)
      .map(([code, count]) => `${code}=${count}`)
      .join(' '),
    ...Object.fromEntries(before.map(([name, value]) => [`previous_${name}`, value])),
  };
}
