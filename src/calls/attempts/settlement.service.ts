import { Injectable } from '@nestjs/common';
import type { ChatReply, ProviderAdapter, TokenUsage, UpstreamTransportError } from '@thriftgate/providers';
import type { SharedAnswer } from '../../single-flight/flight-result';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { type Cost, costOf } from '../../pricing/price';
import { AttemptFailure } from '../../routing/attempt-failure';
import { LedgerService, type Outcome } from '../../ledger/ledger.service';
import { TokenEstimator } from '../../pricing/token-estimator.service';
import { CacheWriter } from './cache-writer.service';
import type { Attempt } from './attempt';

const OK = 200;
const CLIENT_CLOSED_REQUEST = 499;
const INTERNAL_ERROR = 500;
const TRANSPORT_STATUS = { first_byte_timeout: 408, idle_timeout: 408 } as Record<string, number | undefined>;

/** How an answer came to its end. */
export interface AnswerEnd {
  /** False for a stream that broke off, or whose client left. */
  endedCleanly: boolean;
  errorCode?: string;
  status?: number;
}

/** Notes the end of each try, reckons its cost, and keeps answers that may be served again. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly estimator: TokenEstimator,
    private readonly keeper: CacheWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the end of a try that was answered, and stores the answer where that is allowed. Where the upstream told no
   * usage it is counted here and marked as estimated.
   *
   * @returns the answer with its cost
   */
  async settle(running: Attempt, reply: ChatReply, end: AnswerEnd): Promise<SharedAnswer> {
    const { question, deployment } = running;
    const { facts } = reply;
    const usage = facts.usage ?? (await this.estimator.usageOf(question.call.body.messages, answerText(reply.body)));
    const cost = costOf(usage, running.price);
    const listPusd = listOf(running, usage, cost);
    const uncached = this.keeper.notCacheableReason(running, reply, end.endedCleanly);
    await this.end(running, {
      state: 'settled',
      status: end.status ?? OK,
      upstreamModel: facts.upstreamModel ?? deployment.upstreamModel,
      inputTokens: usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens,
      cacheWriteTokens: usage.cacheWriteTokens ?? 0,
      outputTokens: usage.outputTokens,
      reasoningTokens: usage.reasoningTokens,
      listCostPusd: listPusd,
      costPusd: cost.costPusd,
      savedBy: savedBy(listPusd, cost),
      estimated: facts.usage === undefined || running.price.estimated,
      errorCode: end.errorCode ?? null,
      uncached,
      latencyMs: this.clock.now() - running.startedAt,
      ttftMs: running.ttftMs,
    });
    running.stored = this.keeper.store(running, reply, uncached, listPusd);
    return {
      body: reply.body,
      usage,
      listCostPusd: listPusd,
      costPusd: cost.costPusd,
      provider: deployment.provider,
      upstreamModel: facts.upstreamModel ?? deployment.upstreamModel,
    };
  }

  /**
   * Writes the end of a try that was refused or brought no content: it cost nothing.
   *
   * @param toldSo false where the upstream did not say that it failed: that it charges nothing is an estimate
   */
  async fail(running: Attempt, status: number, errorCode: string | null, toldSo = true): Promise<void> {
    await this.end(running, { ...this.outcomeOf(running, status, errorCode), estimated: !toldSo });
  }

  /** Ends a try that came to nothing in an unforeseen way; without effect on one that has ended. */
  async abandon(running: Attempt): Promise<void> {
    await this.end(running, this.unknownOf(running, INTERNAL_ERROR, 'internal_error'));
  }

  /**
   * Writes the end of a try that failed below HTTP. Where the upstream may have done the work without our hearing of it,
   * the end is unknown and the worst cost stands as its estimate.
   *
   * @param answered whether the answer, which vendors send when it is whole, had begun to come
   */
  async transportFailure(
    running: Attempt,
    adapter: ProviderAdapter,
    error: UpstreamTransportError,
    answered = false,
  ): Promise<AttemptFailure> {
    const status = TRANSPORT_STATUS[error.kind] ?? 0;
    const failure = new AttemptFailure(adapter.toError({ status, headers: {}, body: '' }));
    const timedOut = status === TRANSPORT_STATUS.idle_timeout;
    const mayBeCharged = error.sent && (error.kind === 'aborted' || timedOut || answered);
    const endStatus = error.kind === 'aborted' ? CLIENT_CLOSED_REQUEST : failure.error.status;
    if (mayBeCharged) await this.end(running, this.unknownOf(running, endStatus, failure.error.code));
    else await this.fail(running, endStatus, failure.error.code, !error.sent);
    return failure;
  }

  /** Notes when the first content came. */
  firstContent(running: Attempt): void {
    running.ttftMs ??= this.clock.now() - running.startedAt;
  }

  private async end(running: Attempt, outcome: Outcome): Promise<void> {
    if (running.ended) return;
    running.ended = true;
    if (outcome.costPusd > 0n) running.question.call.charged = true;
    try {
      await this.ledger.settle(running.open, outcome);
    } finally {
      running.hold?.end(outcome.costPusd, this.clock.now());
    }
  }

  private unknownOf(running: Attempt, status: number, errorCode: string | null): Outcome {
    const { inputTokens, holdPusd } = running.open;
    const worst = { inputTokens, listCostPusd: holdPusd, costPusd: holdPusd, estimated: true };
    return { ...this.outcomeOf(running, status, errorCode), state: 'unknown', ...worst };
  }

  private outcomeOf(running: Attempt, status: number, errorCode: string | null): Outcome {
    return {
      inputTokens: 0,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      state: 'failed',
      status,
      upstreamModel: running.deployment.upstreamModel,
      listCostPusd: 0n,
      costPusd: 0n,
      savedBy: null,
      estimated: false,
      errorCode,
      uncached: null,
      latencyMs: this.clock.now() - running.startedAt,
      ttftMs: running.ttftMs,
    };
  }
}

/** A call that a budget sent to another model is listed at what the model it asked for would have cost. */
function listOf({ askedPrice }: Attempt, usage: TokenUsage, cost: Cost): PicoUsd {
  if (!askedPrice) return cost.listPusd;
  const askedPusd = costOf(usage, askedPrice).listPusd;
  return askedPusd > cost.listPusd ? askedPusd : cost.listPusd;
}

function savedBy(listPusd: PicoUsd, { listPusd: ownListPusd, costPusd }: Cost): Outcome['savedBy'] {
  if (listPusd !== ownListPusd) return 'routing';
  return costPusd === listPusd ? null : 'prompt_cache';
}

/** All that the model wrote, to be counted. */
function answerText(body: Buffer): string {
  const { choices } = JSON.parse(body.toString('utf8')) as { choices?: { message?: unknown }[] };
  return (choices ?? []).map(({ message }) => writtenText(message)).join('\n');
}

function writtenText(message: unknown): string {
  const { content, refusal: refused, reasoning_content, tool_calls } = (message ?? {}) as Record<string, unknown>;
  const texts = [content, refused, reasoning_content].filter((text): text is string => typeof text === 'string');
  return [...texts, ...(tool_calls === undefined ? [] : [JSON.stringify(tool_calls)])].join('\n');
}
