import type { TokenUsage } from '@thriftgate/providers';
import type { PicoUsd } from '../../common/money';
import { NO_TOKENS, type Outcome } from '../../ledger/ledger.service';
import { type Cost, costOf, costOfCall, type Price } from '../../pricing/price';

const OK = 200;

/** How long a call took, in milliseconds; `ttftMs` is null where no content came. */
export interface Timing {
  latencyMs: number;
  ttftMs: number | null;
}

/** The end of an attempt that failed and cost nothing. */
export function failedOutcome(
  upstreamModel: string | null,
  status: number,
  errorCode: string | null,
  timing: Timing,
): Outcome {
  return {
    state: 'failed',
    status,
    upstreamModel,
    usage: NO_TOKENS,
    listCostPusd: 0n,
    costPusd: 0n,
    savedBy: null,
    estimated: false,
    errorCode,
    uncached: null,
    latencyMs: timing.latencyMs,
    ttftMs: timing.ttftMs,
  };
}

/** The end of a call whose answer another call paid for: its tokens and its list price, all of which is saved. */
export function savedOutcome(
  answer: { usage: TokenUsage; listCostPusd: PicoUsd; upstreamModel: string | undefined },
  savedBy: 'cache' | 'coalesced',
  timing: Timing,
): Outcome {
  const { usage, listCostPusd, upstreamModel = null } = answer;
  return {
    state: 'settled',
    status: OK,
    upstreamModel,
    usage,
    listCostPusd,
    costPusd: 0n,
    savedBy,
    estimated: false,
    errorCode: null,
    uncached: null,
    latencyMs: timing.latencyMs,
    ttftMs: timing.ttftMs,
  };
}

/** What an answer costs, and what saved the difference to its list price. */
export interface AnswerCost {
  listPusd: PicoUsd;
  costPusd: PicoUsd;
  savedBy: Outcome['savedBy'];
  /** Whether a price of it is a guess. */
  estimated: boolean;
  /** Whether it is the worst cost. */
  atWorst?: boolean;
}

/** The prices of an attempt. */
export interface AttemptPrices {
  price: Price;
  /** The price of what the caller asked for: another model, where a budget sent the call there, or a line's without a cheaper tier. */
  askedPrice: Price | undefined;
  /** What saves where `askedPrice` is the higher one: `routing` by default. */
  savedBy?: 'routing' | 'batch';
  /** The price of another model of the same vendor, by its name there. */
  priceOf: (model: string) => Price;
}

/** A call that a budget sent to another model is listed at what the one that the caller asked for would have cost. */
export function answerCost(
  usage: TokenUsage,
  { price, askedPrice, priceOf, savedBy = 'routing' }: AttemptPrices,
): AnswerCost {
  const cost = costOfCall(usage, price, priceOf);
  const askedPusd = askedPrice ? costOf(usage, askedPrice).listPusd : 0n;
  const listPusd = askedPusd > cost.listPusd ? askedPusd : cost.listPusd;
  return { listPusd, costPusd: cost.costPusd, savedBy: reasonOf(listPusd, cost, savedBy), estimated: cost.estimated };
}

function reasonOf(
  listPusd: PicoUsd,
  { listPusd: ownListPusd, costPusd }: Cost,
  asked: 'routing' | 'batch',
): Outcome['savedBy'] {
  if (listPusd !== ownListPusd) return asked;
  return costPusd === listPusd ? null : 'prompt_cache';
}
