import { Injectable } from '@nestjs/common';
import type { ChatReply, ProviderAdapter, UpstreamTransportError } from '@thriftgate/providers';
import { refusal } from '../cache/admission';
import { ResponseCache } from '../cache/response-cache.service';
import { Clock } from '../common/clock';
import { GenerationsService } from '../models/generations.service';
import type { Deployment } from '../models/model';
import { costOf } from '../pricing/price';
import { AttemptFailure } from '../routing/attempt-failure';
import { LedgerService, type OpenTry, type Outcome } from '../usage/ledger.service';
import { TokenEstimator } from '../usage/token-estimator.service';
import type { Settlement } from './chat-call';
import { intentOf, outputCeiling, type Question } from './question';
import { withCached } from './spliced-json';

const OK = 200;
const CLIENT_CLOSED_REQUEST = 499;
const TRANSPORT_STATUS = { first_byte_timeout: 408, idle_timeout: 408 } as Record<string, number | undefined>;

/** A try whose intent is in the journal and whose end is not. */
export interface RunningAttempt {
  question: Question;
  deployment: Deployment;
  attempt: number;
  open: OpenTry;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Milliseconds from the start to the first content; null while none has come. */
  ttftMs: number | null;
  /** True once the end is written or on its way to the journal; an attempt is ended once. */
  ended: boolean;
}

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
    private readonly cache: ResponseCache,
    private readonly generations: GenerationsService,
    private readonly clock: Clock,
  ) {}

  /** Writes the intent. After this the upstream may be asked. @throws GatewayError `unavailable` */
  async begin(
    question: Question,
    deployment: Deployment,
    attempt: number,
    requestLength: number,
  ): Promise<RunningAttempt> {
    const { call, place, cacheStatus } = question;
    const inputTokens = this.estimator.roughly(requestLength);
    const outputTokens = outputCeiling(call.body, place.model.maxOutputTokens);
    const worst = costOf({ inputTokens, outputTokens, cachedInputTokens: 0, reasoningTokens: 0 }, deployment.price);
    const intent = intentOf(call, place, cacheStatus, {
      attempt,
      provider: deployment.provider,
      upstreamModel: deployment.upstreamModel,
    });
    const open = await this.ledger.open(intent, inputTokens, worst.listPusd);
    return { question, deployment, attempt, open, startedAt: this.clock.now(), ttftMs: null, ended: false };
  }

  /**
   * Writes the end of a try that was answered, and stores the answer where that is allowed. Where the upstream told no
   * usage it is counted here and marked as estimated.
   */
  async settle(running: RunningAttempt, reply: ChatReply, end: AnswerEnd): Promise<Settlement> {
    const { question, deployment } = running;
    const { facts } = reply;
    const usage = facts.usage ?? (await this.estimator.usageOf(question.call.body.messages, answerText(reply.body)));
    const cost = costOf(usage, deployment.price);
    const discounted = cost.costPusd !== cost.listPusd;
    await this.end(running, {
      state: 'settled',
      status: end.status ?? OK,
      upstreamModel: facts.upstreamModel ?? deployment.upstreamModel,
      inputTokens: usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens,
      outputTokens: usage.outputTokens,
      reasoningTokens: usage.reasoningTokens,
      listCostPusd: cost.listPusd,
      costPusd: cost.costPusd,
      savedBy: discounted ? 'prompt_cache' : null,
      estimated: facts.usage === undefined || deployment.price.estimated,
      errorCode: end.errorCode ?? null,
      latencyMs: this.clock.now() - running.startedAt,
      ttftMs: running.ttftMs,
    });
    if (facts.upstreamModel !== undefined) this.generations.observe(deployment, facts.upstreamModel);
    this.store(running, reply, end.endedCleanly, cost.listPusd);
    return {
      cacheStatus: question.cacheStatus,
      listCostPusd: cost.listPusd,
      costPusd: cost.costPusd,
      savedPusd: cost.listPusd - cost.costPusd,
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
    await this.ledger.settle(running.open, outcome);
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
      latencyMs: this.clock.now() - running.startedAt,
      ttftMs: running.ttftMs,
    };
  }

  private store(
    { question, deployment }: RunningAttempt,
    { body, facts }: ChatReply,
    endedCleanly: boolean,
    listCostPusd: bigint,
  ): void {
    const { call, place } = question;
    const sameFamily = deployment.upstreamModel === place.model.family;
    const { storeToolCalls } = place.model.cache;
    if (!question.store || facts.usage === undefined) return;
    if (refusal({ facts, endedCleanly, sameFamily, storeToolCalls }) !== undefined) return;
    const { upstreamModel, systemFingerprint } = facts;
    void this.cache.keep(place, {
      body: withCached(body, true),
      usage: facts.usage,
      listCostPusd,
      provider: deployment.provider,
      upstreamModel,
      systemFingerprint,
      teamId: call.caller.teamId,
      tags: call.tags,
    });
  }
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
