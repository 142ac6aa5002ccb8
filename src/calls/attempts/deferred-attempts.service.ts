import { Injectable } from '@nestjs/common';
import { type BatchApi, byteLengthOf, type PartLimits, type VendorLine } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { type OpenAttempt, type Outcome, rowOf } from '../../ledger/ledger.service';
import type { Deployment } from '../../models/model';
import { batchPrice } from '../../pricing/batch-price';
import { type Price, worstCostOf } from '../../pricing/price';
import { PriceBook } from '../../pricing/price-book.service';
import { TokenEstimator } from '../../pricing/token-estimator.service';
import type { ConfiguredProvider } from '../../providers/provider';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { AttemptFailure, UnsupportedCall } from '../../routing/attempt-failure';
import type { SharedAnswer } from '../../single-flight/flight-result';
import { askedOnce, wholeResponse, weightsOf } from '../call-parts';
import { isParted, type PreparedCall, statusWithoutHit } from '../prepared-call';
import { Attempt } from './attempt';
import { beginningOf, type ReadAnswer, readReply } from './answer-reader';
import { chargedUsage } from './believed-usage';
import { CacheWriter } from './cache-writer.service';
import { CallTurns } from './call-turns.service';
import { type Exchange, exchangeWith, translatorOf } from './exchange';
import { tooLargeAnswer, upstreamFailure } from './upstream-failure';
import { worstUsage } from './worst-case';

const EVENT_STREAM = 'text/event-stream';
const BAD_GATEWAY = 502;
const INVALID_ANSWER = 'upstream_invalid_answer';
/** Status and code of what a vendor has not run. */
const NOT_RUN = { expired: [504, 'batch_expired'], cancelled: [499, 'batch_cancelled'] } as const;

/** A call as a line of a vendor's batch. */
export interface DeferredCall {
  prepared: PreparedCall;
  /** The call as it is sent: of its parts, each once. */
  asked: PreparedCall;
  deployment: Deployment;
  /** With the credential whose account has the batch. */
  provider: ConfiguredProvider;
  api: BatchApi;
  exchange: Exchange;
  /** See {@link BatchApi.groupOf}. */
  group: string;
  /** What the vendor charges for it in a batch, and what it charges for a live call. */
  price: Price;
  listPrice: Price;
}

/** What an attempt costs at worst, and what holds stand for until its end is known. */
export interface WorstCase {
  inputTokens: number;
  worstPusd: PicoUsd;
  /** As a live call. */
  worstLivePusd: PicoUsd;
}

/** How an attempt ended, with its row of the ledger. */
export interface DeferredEnd {
  row: string;
  /** Undefined where the line was not run. */
  end:
    { kind: 'answered'; answer: SharedAnswer; body: Buffer } | { kind: 'failed'; failure: AttemptFailure } | undefined;
}

/** Attempts that a vendor's batch makes: hours may lie between a request and its answer, and another instance may read it. */
@Injectable()
export class DeferredAttempts {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly prices: PriceBook,
    private readonly estimator: TokenEstimator,
    private readonly cacheWriter: CacheWriter,
    private readonly turns: CallTurns,
    private readonly clock: Clock,
  ) {}

  /**
   * A call as a line for the vendor's batch; made again of the same call it is the same.
   *
   * @param provider with the credential to use; by default the first that the call may use
   * @returns undefined where the vendor takes no such call in a batch, or lacks what it asks for
   * @throws GatewayError `invalid_request` where the body is wrong in any API
   */
  async defer(
    prepared: PreparedCall,
    deployment: Deployment,
    provider = this.credentialOf(prepared, deployment),
  ): Promise<DeferredCall | undefined> {
    const api = provider?.api.batches;
    const { unpricedMember, advisors } = prepared.call.request;
    // Budgets cannot hold what no price of tokens covers.
    if (!provider || !api || unpricedMember !== undefined || advisors) return undefined;
    try {
      const translator = translatorOf(prepared, provider);
      const asked = askedOnce(prepared);
      // A list that is longer than the vendor takes at once is several requests.
      if (!fits(asked, translator.partLimits?.(deployment.upstreamModel))) return undefined;
      const turns = await this.turns.of(asked, deployment, provider, translator).turns;
      const exchange = exchangeWith(asked, deployment, provider, { translator, turns, deferred: true });
      const group = api.groupOf(exchange.request, exchange.call);
      // Some models answer in streams alone, which batches do not have.
      if (group === undefined || exchange.request.headers.accept === EVENT_STREAM) return undefined;
      const listPrice = this.prices.ofCall(deployment, prepared.call.caller.teamId, this.clock.now());
      const price = batchPrice(listPrice, api.discount);
      return { prepared, asked, deployment, provider, api, exchange, group, price, listPrice };
    } catch (error) {
      if (error instanceof UnsupportedCall) return undefined;
      throw error;
    }
  }

  /** The team's own credential comes first; its answers are stored for the team alone. */
  private credentialOf({ call, slot }: PreparedCall, { provider }: Deployment): ConfiguredProvider | undefined {
    const { teamId } = call.caller;
    const [first] = this.providers.withCredentials(provider, slot.scope.id === teamId ? teamId : null);
    return first;
  }

  worstOf({ asked, exchange, price, listPrice }: DeferredCall): WorstCase {
    const { inputTokens, outputTokens } = worstUsage(asked, exchange.request.body);
    const worstAt = (prices: Price) => worstCostOf(inputTokens, outputTokens, prices);
    return { inputTokens, worstPusd: worstAt(price), worstLivePusd: worstAt(listPrice) };
  }

  /** In bytes, with its line end. */
  lengthOf({ api, exchange }: DeferredCall, lineId: string): number {
    return byteLengthOf(api.line(lineId, exchange.request)) + 1;
  }

  /** Reads the answer of a line, prices it, and stores it where that is allowed. */
  async settle(deferred: DeferredCall, open: OpenAttempt, line: VendorLine): Promise<DeferredEnd> {
    let outcome: Outcome | undefined;
    const attempt = this.attempt(deferred, open, (end) => (outcome = end));
    const end = await this.read(deferred, attempt, line);
    await attempt.abandon();
    if (!outcome) throw new Error(`the attempt ${open.key} has no end`);
    return { row: rowOf(open, asDeferred(outcome)), end };
  }

  private attempt(deferred: DeferredCall, open: OpenAttempt, settled: (outcome: Outcome) => void): Attempt {
    const { asked: prepared, deployment, provider, price, listPrice, exchange } = deferred;
    const { translator, request } = exchange;
    const resolved = {
      ...prepared,
      cacheStatus: statusWithoutHit(prepared.controls),
      store: prepared.controls.write,
      flight: undefined,
      signal: prepared.call.signal,
    };
    const priceOf = (model: string) =>
      batchPrice(
        this.prices.at(
          { publicName: model, upstreamModel: model, provider: provider.name },
          prepared.call.caller.teamId,
          this.clock.now(),
        ),
        deferred.api.discount,
      );
    const started = {
      resolved,
      deployment,
      number: 1,
      open,
      price,
      askedPrice: listPrice,
      priceOf,
      hold: undefined,
      startedAt: 0,
    };
    const { estimator, cacheWriter, clock } = this;
    const ledger = { settle: async (_open: OpenAttempt, outcome: Outcome) => settled(outcome) };
    return new Attempt({ ledger, estimator, cacheWriter, clock }, started, {
      dropped: request.dropped.length > 0 ? request.dropped : undefined,
      store: this.turns.of(prepared, deployment, provider, translator).store,
    });
  }

  private async read(
    { exchange, prepared }: DeferredCall,
    attempt: Attempt,
    line: VendorLine,
  ): Promise<DeferredEnd['end']> {
    const { translator } = exchange;
    switch (line.kind) {
      case 'answered': {
        const read = await readReply({ ...exchange, prepared }, line.body);
        if (read.kind !== 'response')
          return { kind: 'failed', failure: await noAnswer(attempt, exchange, line.body, read) };
        const answer = await attempt.succeed(read.reply);
        const body = isParted(prepared)
          ? await wholeResponse(prepared, answer)
          : prepared.call.endpoint.render.json(answer.body, false);
        return { kind: 'answered', answer, body };
      }
      case 'failed': {
        const failure = new AttemptFailure(translator.toError({ ...line, headers: {} }), line.status);
        await attempt.fail(failure.error.status, failure.error.code);
        return { kind: 'failed', failure };
      }
      default: {
        const [status, code] = NOT_RUN[line.kind];
        await attempt.fail(status, code);
        return undefined;
      }
    }
  }
}

/** Whether a vendor takes all parts of a call in one request. */
function fits(prepared: PreparedCall, limits: PartLimits | undefined): boolean {
  if (!limits || !isParted(prepared)) return true;
  const { parts, tokens = Infinity } = limits;
  return prepared.parts.distinct.length <= parts && weightsOf(prepared).reduce((sum, each) => sum + each, 0) <= tokens;
}

/** An error in place of an answer, or bytes that are neither. What the vendor has probably charged is booked. */
async function noAnswer(
  attempt: Attempt,
  { translator }: Exchange,
  body: Buffer,
  read: Exclude<ReadAnswer, { kind: 'response' }>,
): Promise<AttemptFailure> {
  if (read.kind === 'too large') return tooLargeAnswer(attempt, beginningOf(body), read.limit, read.usage);
  if (read.kind === 'unreadable') {
    await attempt.failCharged(read.usage, beginningOf(body), BAD_GATEWAY, INVALID_ANSWER);
    return upstreamFailure(
      INVALID_ANSWER,
      'The provider answered with something that is not an answer of this API.',
      false,
    );
  }
  const error = translator.toError({ status: 200, headers: {}, body: read.text });
  const usage = chargedUsage(read.usage);
  if (usage) await attempt.failCharged(usage, '', error.status, error.code ?? 'upstream_error');
  else await attempt.fail(error.status, error.code);
  return new AttemptFailure(usage ? { ...error, retryable: false, elsewhere: false } : error);
}

/** The time that a line waited in a vendor's queue is no latency. */
function asDeferred(outcome: Outcome): Outcome {
  const { savedBy, listCostPusd, costPusd } = outcome;
  return {
    ...outcome,
    savedBy: listCostPusd > costPusd ? 'batch' : savedBy,
    latencyMs: null,
    ttftMs: null,
  };
}
