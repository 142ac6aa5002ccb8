import { Injectable } from '@nestjs/common';
import type { ChatReply, ProviderAdapter, TokenUsage, UpstreamTransportError } from '@thriftgate/providers';
import { BudgetGate } from '../budgets/budget-gate.service';
import { Clock } from '../common/clock';
import type { PicoUsd } from '../common/money';
import type { Deployment } from '../models/model';
import { type Cost, costOf } from '../pricing/price';
import { AttemptFailure } from '../routing/attempt-failure';
import { LedgerService, type Outcome } from '../usage/ledger.service';
import { TokenEstimator } from '../usage/token-estimator.service';
import { AnswerKeeper } from './answer-keeper.service';
import type { Settlement } from './chat-call';
import type { RunningAttempt } from './running-attempt';
import { intentOf, outputCeiling, type Question } from './question';
import { worstUsage } from './worst-case';

const OK = 200;
const CLIENT_CLOSED_REQUEST = 499;
const TRANSPORT_STATUS = { first_byte_timeout: 408, idle_timeout: 408 } as Record<string, number | undefined>;

/** How an answer came to its end. */
export interface AnswerEnd {
  /** False for a stream that broke off, or whose client left. */
  endedCleanly: boolean;
  errorCode?: string;
  status?: number;
}

/** Notes the beginning and the end of each try, reckons its cost, and keeps answers that may be served again. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly estimator: TokenEstimator,
    private readonly keeper: AnswerKeeper,
    private readonly budgets: BudgetGate,
    private readonly clock: Clock,
  ) {}

  /**
   * Holds the worst cost in the caller's budgets and writes the intent. After this the upstream may be asked.
   *
   * @throws BudgetExceededError
   * @throws GatewayError `unavailable`
   */
  async begin(
    question: Question,
    deployment: Deployment,
    attempt: number,
    requestBody: string,
  ): Promise<RunningAttempt> {
    const { call, place, cacheStatus } = question;
    const { price } = deployment;
    const budgets = this.budgets.of(call.caller);
    const budgeted = budgets.length > 0;
    const usage = budgeted
      ? worstUsage(call.body, requestBody, place.model.maxOutputTokens)
      : this.likelyWorst(question, requestBody);
    const worst = costOf(usage, price);
    const hold = budgeted
      ? await this.budgets.take(budgets, worst.listPusd, !price.estimated, call.downgrade?.budgetId)
      : undefined;
    try {
      const tried = { attempt, provider: deployment.provider, upstreamModel: deployment.upstreamModel };
      const intent = intentOf(call, place, cacheStatus, tried, hold?.charged);
      const open = await this.ledger.open(intent, usage.inputTokens, worst.listPusd);
      return {
        question,
        deployment,
        attempt,
        open,
        price,
        hold,
        startedAt: this.clock.now(),
        ttftMs: null,
        ended: false,
      };
    } catch (error) {
      hold?.end(0n, this.clock.now());
      throw error;
    }
  }

  /**
   * Writes the end of a try that was answered, and stores the answer where that is allowed. Where the upstream told no
   * usage it is counted here and marked as estimated.
   */
  async settle(running: RunningAttempt, reply: ChatReply, end: AnswerEnd): Promise<Settlement> {
    const { question, deployment } = running;
    const { facts } = reply;
    const usage = facts.usage ?? (await this.estimator.usageOf(question.call.body.messages, answerText(reply.body)));
    const cost = costOf(usage, running.price);
    const listPusd = listOf(question, usage, cost);
    const uncached = this.keeper.refusal(running, reply, end.endedCleanly);
    await this.end(running, {
      state: 'settled',
      status: end.status ?? OK,
      upstreamModel: facts.upstreamModel ?? deployment.upstreamModel,
      inputTokens: usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens,
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
    this.keeper.keep(running, reply, uncached, listPusd);
    return {
      cacheStatus: question.cacheStatus,
      listCostPusd: listPusd,
      costPusd: cost.costPusd,
      savedPusd: listPusd - cost.costPusd,
    };
  }

  /** Writes the end of a try that was refused or broke before any content: it cost nothing. */
  async fail(running: RunningAttempt, status: number, errorCode: string | null): Promise<void> {
    await this.end(running, this.outcomeOf(running, status, errorCode));
  }

  /**
   * Writes the end of a try that failed below HTTP. Where the upstream may have done the work without our hearing of it,
   * the end is unknown and the worst cost stands as its estimate.
   */
  async transportFailure(
    running: RunningAttempt,
    adapter: ProviderAdapter,
    error: UpstreamTransportError,
  ): Promise<AttemptFailure> {
    const status = TRANSPORT_STATUS[error.kind] ?? 0;
    const failure = new AttemptFailure(adapter.toError({ status, headers: {}, body: '' }));
    const mayBeCharged = error.sent && (error.kind === 'aborted' || status === TRANSPORT_STATUS.idle_timeout);
    const outcome = this.outcomeOf(
      running,
      error.kind === 'aborted' ? CLIENT_CLOSED_REQUEST : failure.error.status,
      failure.error.code,
    );
    const { inputTokens, holdPusd } = running.open;
    await this.end(
      running,
      mayBeCharged
        ? { ...outcome, state: 'unknown', inputTokens, listCostPusd: holdPusd, costPusd: holdPusd, estimated: true }
        : outcome,
    );
    return failure;
  }

  /** Notes when the first content came. */
  firstContent(running: RunningAttempt): void {
    running.ttftMs ??= this.clock.now() - running.startedAt;
  }

  private async end(running: RunningAttempt, outcome: Outcome): Promise<void> {
    if (running.ended) return;
    running.ended = true;
    try {
      await this.ledger.settle(running.open, outcome);
    } finally {
      running.hold?.end(outcome.costPusd, this.clock.now());
    }
  }

  /** What a try costs at worst by all likelihood, for calls that no budget binds: it stands as the estimate if this process dies. */
  private likelyWorst({ call, place }: Question, requestBody: string): TokenUsage {
    return {
      inputTokens: this.estimator.roughly(requestBody.length),
      cachedInputTokens: 0,
      outputTokens: outputCeiling(call.body, place.model.maxOutputTokens),
      reasoningTokens: 0,
    };
  }

  private outcomeOf(running: RunningAttempt, status: number, errorCode: string | null): Outcome {
    return {
      inputTokens: 0,
      cachedInputTokens: 0,
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
function listOf({ call }: Question, usage: TokenUsage, cost: Cost): PicoUsd {
  const asked = call.downgrade?.from.deployments[0];
  if (!asked) return cost.listPusd;
  const askedPusd = costOf(usage, asked.price).listPusd;
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
