import type { TokenUsage } from '@thriftgate/providers';
import type { Outcome } from '../../ledger/ledger.service';

/** The row of an answer that was paid for by another call: its tokens and its list price, all of which is saved. */
export function savedOutcome(
  answer: { usage: TokenUsage; listCostPusd: bigint; upstreamModel: string | undefined },
  savedBy: 'cache' | 'coalesced',
  latencyMs: number,
  ttftMs: number | null,
): Outcome {
  const { usage } = answer;
  return {
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    cacheWriteTokens: usage.cacheWriteTokens ?? 0,
    outputTokens: usage.outputTokens,
    reasoningTokens: usage.reasoningTokens,
    state: 'settled',
    status: 200,
    upstreamModel: answer.upstreamModel ?? null,
    listCostPusd: answer.listCostPusd,
    costPusd: 0n,
    savedBy,
    estimated: false,
    errorCode: null,
    uncached: null,
    latencyMs,
    ttftMs,
  };
}
