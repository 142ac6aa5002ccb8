import type { PicoUsd } from '../../common/money';
import { addLatencies, type LatencyCounts } from '../../ledger/sums/latency';

/** Sums over calls. */
export interface Sums {
  requests: number;
  attempts: number;
  /** Attempts that failed. */
  failedAttempts: number;
  estimated: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
  estimatedCostPusd: PicoUsd;
  /** Latencies of answers. */
  latency: LatencyCounts;
  /** Calls that were refused before an upstream was asked, by error code. */
  refusedBy: Readonly<Record<string, number>>;
}

export const NO_SUMS: Sums = {
  requests: 0,
  attempts: 0,
  failedAttempts: 0,
  estimated: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  listCostPusd: 0n,
  costPusd: 0n,
  savedPusd: 0n,
  estimatedCostPusd: 0n,
  latency: [],
  refusedBy: {},
};

export function plus(left: Sums, right: Sums): Sums {
  return {
    requests: left.requests + right.requests,
    attempts: left.attempts + right.attempts,
    failedAttempts: left.failedAttempts + right.failedAttempts,
    estimated: left.estimated + right.estimated,
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    listCostPusd: left.listCostPusd + right.listCostPusd,
    costPusd: left.costPusd + right.costPusd,
    savedPusd: left.savedPusd + right.savedPusd,
    estimatedCostPusd: left.estimatedCostPusd + right.estimatedCostPusd,
    latency: addLatencies(left.latency, right.latency),
    refusedBy: countsOf(left.refusedBy, right.refusedBy),
  };
}

/** Calls that ended in an error: each attempt but the last of a call failed too, and was no end. */
export function failedCalls({
  requests,
  attempts,
  failedAttempts,
}: Pick<Sums, 'requests' | 'attempts' | 'failedAttempts'>): number {
  return failedAttempts - (attempts - requests);
}

export function refusedCalls({ refusedBy }: Sums): number {
  return Object.values(refusedBy).reduce((sum, count) => sum + count, 0);
}

function countsOf(left: Sums['refusedBy'], right: Sums['refusedBy']): Sums['refusedBy'] {
  const sums = { ...left };
  for (const [code, count] of Object.entries(right)) sums[code] = (sums[code] ?? 0) + count;
  return sums;
}
