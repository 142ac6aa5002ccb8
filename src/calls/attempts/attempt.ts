import type { Reply, TokenUsage, UpstreamTransportError } from '@thriftgate/providers';
import type { KeptTurn } from '../../cache/turns/vendor-turns.store';
import type { Hold } from '../../budgets/holds/hold';
import type { Clock } from '../../common/clock';
import { type LedgerService, NO_TOKENS, type OpenAttempt, type Outcome } from '../../ledger/ledger.service';
import type { Deployment } from '../../models/model';
import type { Price } from '../../pricing/price';
import { isStandardTier, priceInTier } from '../../pricing/service-tier';
import type { TokenEstimator } from '../../pricing/token-estimator.service';
import type { SharedAnswer } from '../../single-flight/flight-result';
import type { CacheWriter } from './cache-writer.service';
import { believedUsage } from './believed-usage';
import { type AnswerCost, answerCost, failedOutcome, type Timing } from './outcome';
import { outputCeiling, type ResolvedCall } from './resolved-call';

const OK = 200;
const CLIENT_CLOSED_REQUEST = 499;
const INTERNAL_ERROR = 500;

/** How an answer ended. */
export interface AnswerEnd {
  /** False for a stream that broke off, or that is not read to its end because the client has disconnected. */
  endedCleanly: boolean;
  /** The status and the code of the ledger's row; 200 and none where the answer reached its caller. */
  status?: number;
  errorCode?: string;
}

/** An attempt whose intent is in the journal. */
export interface StartedAttempt {
  resolved: ResolvedCall;
  deployment: Deployment;
  /** Counts from 1 over the whole call. */
  number: number;
  open: OpenAttempt;
  price: Price;
  /** See {@link AttemptPrices.askedPrice}. */
  askedPrice: Price | undefined;
  /** The price of another model of the same vendor, by its name there. */
  priceOf: (model: string) => Price;
  /** The money that budgets hold for the attempt; undefined where no budget applies. */
  hold: Hold | undefined;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** What the exchange with the vendor says of the attempt. */
export interface Exchanged {
  dropped?: readonly string[] | undefined;
  /** Stores the turn that the vendor wrote. */
  store?: ((kept: KeptTurn) => void) | undefined;
}

export interface AttemptServices {
  ledger: Pick<LedgerService, 'settle'>;
  estimator: Pick<TokenEstimator, 'usageOf'>;
  cacheWriter: Pick<CacheWriter, 'notCacheableReason' | 'store'>;
  clock: Pick<Clock, 'now'>;
}

/**
 * One call of one deployment, from its intent to its one end: whichever of its ends comes first is written to the ledger and
 * ends the hold; later ones do nothing.
 */
export class Attempt {
  readonly resolved: ResolvedCall;
  readonly deployment: Deployment;
  readonly number: number;
  private ended = false;
  private ttftMs: number | null = null;
  private isStored = false;
  private isCharged = false;

  constructor(
    private readonly services: AttemptServices,
    private readonly started: StartedAttempt,
    private readonly exchanged: Exchanged = {},
  ) {
    this.resolved = started.resolved;
    this.deployment = started.deployment;
    this.number = started.number;
  }

  /** Members of the request that the vendor lacks; undefined for none. */
  get dropped(): readonly string[] | undefined {
    return this.exchanged.dropped;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Whether the answer is stored in the cache; known once it is settled. */
  get stored(): boolean {
    return this.isStored;
  }

  /** Whether the upstream charges for the attempt; what is unknown is not counted. */
  get charged(): boolean {
    return this.isCharged;
  }

  /** Notes when the first content came. */
  firstContent(): void {
    this.ttftMs ??= this.services.clock.now() - this.started.startedAt;
  }

  /**
   * Settles an attempt that was answered, and stores the answer where that is allowed. Usage that the upstream did not send
   * is estimated and marked so.
   *
   * @returns the answer with its cost
   */
  async succeed(sent: Reply, end: AnswerEnd = { endedCleanly: true }): Promise<SharedAnswer> {
    const believed = believedUsage(sent.facts, this.resolved, () => this.writtenIn(sent).length);
    const tiered = believed && inTier(believed, sent.facts.serviceTier);
    const reply = tiered === sent.facts.usage ? sent : { ...sent, facts: { ...sent.facts, usage: tiered } };
    const { facts } = reply;
    const upstreamModel = facts.upstreamModel ?? this.deployment.upstreamModel;
    const usage = facts.usage ?? inTier(await this.estimate(reply), facts.serviceTier);
    const price = priceInTier(this.started.price, facts.serviceTier, this.resolved.call.request.serviceTier);
    const cost = this.costOf(usage, price, facts.usage === undefined && !end.endedCleanly);
    const uncached = this.services.cacheWriter.notCacheableReason(this, reply, end.endedCleanly);
    const { latencyMs, ttftMs } = this.timing;
    const isFirst = await this.end(true, {
      state: 'settled',
      status: end.status ?? OK,
      upstreamModel,
      usage,
      listCostPusd: cost.listPusd,
      costPusd: cost.costPusd,
      savedBy: cost.savedBy,
      estimated: facts.usage === undefined || cost.estimated,
      atWorst: cost.atWorst,
      errorCode: end.errorCode ?? null,
      uncached,
      latencyMs,
      ttftMs,
    });
    if (reply.turn) this.exchanged.store?.(reply.turn);
    const settled = { usage, listCostPusd: cost.listPusd };
    if (isFirst) this.isStored = this.services.cacheWriter.store(this, reply, uncached, settled);
    const { provider } = this.deployment;
    const { listPusd: listCostPusd, costPusd } = cost;
    return { body: reply.body, usage, listCostPusd, costPusd, provider, upstreamModel, dropped: this.dropped };
  }

  /**
   * Ends an attempt that was refused or brought no content: it cost nothing.
   *
   * @param told false where the upstream did not say that it failed: that it charges nothing is an estimate
   */
  async fail(status: number, errorCode: string | null, told = true): Promise<void> {
    await this.end(false, { ...this.failed(status, errorCode), estimated: !told });
  }

  /**
   * Ends an attempt that failed and that the upstream charges for. Usage that it did not send, or that the call cannot have
   * used, is estimated.
   *
   * @param written what the model may have written
   */
  async failCharged(usage: TokenUsage | undefined, written: string, status: number, errorCode: string): Promise<void> {
    const { endpoint, body } = this.resolved.call;
    const { estimator } = this.services;
    const told = believedUsage({ usage, hasToolCalls: false }, this.resolved, () => 0);
    const counted = told ?? this.withinLimit(await estimator.usageOf(endpoint.content(body), written));
    const { listPusd, costPusd, savedBy, estimated } = this.costOf(counted, this.started.price, false);
    await this.end(false, {
      ...this.failed(status, errorCode),
      state: 'settled',
      usage: counted,
      listCostPusd: listPusd,
      costPusd,
      savedBy,
      estimated: told === undefined || estimated,
    });
  }

  /** What cannot be read may be long: the model has written no more than it may. */
  private withinLimit(usage: TokenUsage): TokenUsage {
    const most = outputCeiling(this.resolved, this.resolved.model.maxOutputTokens, Infinity);
    return { ...usage, outputTokens: Math.min(usage.outputTokens, most) };
  }

  /**
   * Ends an attempt that failed below HTTP. Where the upstream may have done the work, the end is unknown and the worst
   * cost is booked as its estimate.
   *
   * @param timedOut whether the upstream took too long to answer
   * @param answered whether the answer had begun to come
   */
  async failBelowHttp(
    error: UpstreamTransportError,
    status: number,
    errorCode: string | null,
    { timedOut, answered }: { timedOut: boolean; answered: boolean },
  ): Promise<void> {
    const aborted = error.kind === 'aborted';
    const endStatus = aborted ? CLIENT_CLOSED_REQUEST : status;
    const mayCost = error.sent && (aborted || timedOut || answered);
    if (mayCost) await this.end(false, this.unknown(endStatus, errorCode));
    else await this.fail(endStatus, errorCode, !error.sent);
  }

  /** Ends an attempt after an unforeseen failure: what it cost is unknown. */
  async abandon(): Promise<void> {
    await this.end(false, this.unknown(INTERNAL_ERROR, 'internal_error'));
  }

  /** @returns false where the attempt has ended before */
  private async end(isAnswered: boolean, outcome: Outcome): Promise<boolean> {
    if (this.ended) return false;
    this.ended = true;
    const { open, hold } = this.started;
    const { call } = this.resolved;
    if (outcome.costPusd > 0n) call.onCharged?.();
    if (!isAnswered) call.failedCosts.add(outcome);
    this.isCharged = outcome.costPusd > 0n && outcome.state === 'settled';
    try {
      await this.services.ledger.settle(open, outcome);
    } finally {
      hold?.end(outcome.costPusd, this.services.clock.now());
    }
    return true;
  }

  private estimate(reply: Reply): Promise<TokenUsage> {
    const { endpoint, body } = this.resolved.call;
    return this.services.estimator.usageOf(endpoint.content(body), this.writtenIn(reply));
  }

  private writtenIn({ body }: Reply): string {
    return this.resolved.call.endpoint.written(body);
  }

  /** @param unseen whether a part of the output may not have been seen: a model that reasons is charged at its worst then */
  private costOf(usage: TokenUsage, price: Price, unseen: boolean): AnswerCost {
    const { askedPrice, priceOf, open } = this.started;
    if (unseen && this.resolved.model.reasons) {
      const { holdPusd } = open;
      return { listPusd: holdPusd, costPusd: holdPusd, savedBy: null, estimated: true, atWorst: true };
    }
    const { batch, downgrade } = this.resolved.call;
    return answerCost(usage, { price, askedPrice, priceOf, savedBy: batch && !downgrade ? 'batch' : 'routing' });
  }

  private failed(status: number, errorCode: string | null): Outcome {
    return failedOutcome(this.deployment.upstreamModel, status, errorCode, this.timing);
  }

  private unknown(status: number, errorCode: string | null): Outcome {
    const { inputTokens, holdPusd } = this.started.open;
    const usage = { ...NO_TOKENS, inputTokens };
    const worst = { usage, listCostPusd: holdPusd, costPusd: holdPusd, estimated: true };
    return { ...this.failed(status, errorCode), ...worst, state: 'unknown' };
  }

  private get timing(): Timing {
    return { latencyMs: this.services.clock.now() - this.started.startedAt, ttftMs: this.ttftMs };
  }
}

/** The usage with the tier in which the vendor served the call, where it costs another price. */
function inTier(usage: TokenUsage, tier: string | undefined): TokenUsage {
  return tier === undefined || isStandardTier(tier) ? usage : { ...usage, serviceTier: tier };
}
