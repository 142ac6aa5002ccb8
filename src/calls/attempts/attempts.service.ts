import { Injectable } from '@nestjs/common';
import {
  type AbortSignalLike,
  FLEX,
  isAnswer,
  type ReadReply,
  type SendOptions,
  type TokenUsage,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamTransport,
  UpstreamTransportError,
} from '@thriftgate/providers';
import { Cancellation } from '../../common/cancellation';
import { Clock } from '../../common/clock';
import { LedgerService } from '../../ledger/ledger.service';
import { TokenEstimator } from '../../pricing/token-estimator.service';
import type { ConfiguredProvider } from '../../providers/provider';
import { AttemptFailure } from '../../routing/attempt-failure';
import { LinePace } from '../../routing/lines/line-pace.service';
import type { ReleaseSlot, WantedAttempt } from '../../routing/route-request';
import type { FlightSource } from '../../single-flight/flight-result';
import { Attempt, type AttemptServices } from './attempt';
import { beginningOf, isJson, isPage, readBody } from './answer-reader';
import { AdmissionService } from './admission.service';
import { chargedUsage } from './believed-usage';
import { CacheWriter } from './cache-writer.service';
import { CallTurns } from './call-turns.service';
import { type Exchange, exchangeWith, translatorOf } from './exchange';
import type { ResolvedCall } from './resolved-call';
import { ReadOnService } from './read-on.service';
import { StreamRelay } from './stream-relay';
import { INVALID_ANSWER, invalidAnswer, tooLargeAnswer, transportFailure, unreadableAnswer } from './upstream-failure';
import type { UpstreamResult } from './upstream-result';

const OK = 200;
const BAD_GATEWAY = 502;

/** Makes one attempt at one deployment: hold and intent, upstream call, settlement. */
@Injectable()
export class AttemptsService {
  private readonly services: AttemptServices;

  constructor(
    private readonly admission: AdmissionService,
    private readonly readOn: ReadOnService,
    private readonly turns: CallTurns,
    ledger: LedgerService,
    estimator: TokenEstimator,
    cacheWriter: CacheWriter,
    clock: Clock,
    private readonly pace: LinePace,
  ) {
    this.services = { ledger, estimator, cacheWriter, clock };
  }

  /**
   * @param release gives the deployment's slot back; called once, when the upstream call has ended
   * @throws AttemptFailure when the deployment gave no answer, or no content of a stream
   * @throws GatewayError when a budget has no room, or the journal cannot be written
   */
  async run(
    resolved: ResolvedCall,
    { deployment, provider, number }: WantedAttempt,
    release: ReleaseSlot,
  ): Promise<UpstreamResult> {
    let attempt: Attempt | undefined;
    let relay: StreamRelay | undefined;
    try {
      const translator = translatorOf(resolved, provider);
      const { turns, store } = this.turns.of(resolved, deployment, provider, translator);
      const exchange = exchangeWith(resolved, deployment, provider, { translator, turns: turns && (await turns) });
      const { body, dropped } = exchange.request;
      const started = await this.admission.admit(resolved, { deployment, provider, number }, body);
      attempt = new Attempt(this.services, started, { dropped: dropped.length > 0 ? dropped : undefined, store });
      const response = await this.send(attempt, exchange, provider);
      if (!resolved.call.request.stream || isJson(response)) return await this.readAnswer(attempt, exchange, response);
      relay = new StreamRelay(attempt, exchange, response, release, this.readOn);
      return await this.startStream(attempt, relay);
    } catch (error) {
      await attempt?.abandon();
      if (error instanceof AttemptFailure && attempt?.charged) error.charged = true;
      throw error;
    } finally {
      // A stream releases its slot when it ends.
      if (!relay) release();
    }
  }

  /** @returns a response whose status says that the request was answered */
  private async send(attempt: Attempt, exchange: Exchange, provider: ConfiguredProvider): Promise<UpstreamResponse> {
    const { transport, translator, request } = exchange;
    const { call, signal } = attempt.resolved;
    const timeouts = timeoutsOf(attempt.resolved, provider);
    let response: UpstreamResponse;
    try {
      response = call.request.stream
        ? await sendUntilHeaders(transport, request, { signal, timeouts })
        : await transport.send(request, { signal, timeouts });
    } catch (error) {
      throw error instanceof UpstreamTransportError ? await transportFailure(attempt, translator, error) : error;
    }
    const { status, headers } = response;
    this.pace.noteResponse(attempt.deployment, provider.credential, headers);
    if (isAnswer(status)) return response;
    const body = await readErrorBody(response, signal);
    const refusal = { status, headers, body, receivedAt: this.services.clock.now() };
    const amended = signal.aborted ? undefined : exchange.amended(refusal);
    if (amended) return this.send(attempt, amended, provider);
    const failure = new AttemptFailure(translator.toError(refusal), status);
    await attempt.fail(status, failure.error.code);
    throw failure;
  }

  private async readAnswer(
    attempt: Attempt,
    { translator, call }: Exchange,
    response: UpstreamResponse,
  ): Promise<UpstreamResult> {
    let body: Buffer;
    const abort = () => response.abort();
    try {
      body = await abortable(attempt.resolved.signal, abort, () => response.readAll());
    } catch (error) {
      throw error instanceof UpstreamTransportError ? await transportFailure(attempt, translator, error, true) : error;
    }
    const read = await readBody({ translator, call, prepared: attempt.resolved }, response, body);
    if (read.kind === 'response') {
      const answer = await attempt.succeed(read.reply);
      return { kind: 'json', attempts: attempt.number, answer, stored: attempt.stored };
    }
    if (read.kind === 'error') throw await this.errorInReply(attempt, translator, response, read);
    if (read.kind === 'too large' && !isPage(response))
      throw await tooLargeAnswer(attempt, beginningOf(body), read.limit, read.usage);
    throw await this.unreadable(attempt, body, read.usage, isPage(response));
  }

  /**
   * An error with a status of success, which some vendors send: its own code is the status. Usage that it names is charged, and no other
   * attempt follows, as in a stream.
   */
  private async errorInReply(
    attempt: Attempt,
    translator: Exchange['translator'],
    { headers }: UpstreamResponse,
    { text: body, usage: told }: Extract<ReadReply, { kind: 'error' }>,
  ): Promise<AttemptFailure> {
    const usage = chargedUsage(told);
    const receivedAt = this.services.clock.now();
    const error = translator.toError({ status: OK, headers, body, receivedAt });
    if (!usage) await attempt.fail(error.status, error.code);
    else await attempt.failCharged(usage, '', error.status, error.code ?? 'upstream_error');
    return new AttemptFailure(usage ? { ...error, retryable: false, elsewhere: false } : error);
  }

  /**
   * A body that is neither a response nor an error is charged; an empty one, or the page of a proxy in front of the vendor, is
   * not.
   */
  private async unreadable(
    attempt: Attempt,
    body: Buffer,
    usage: TokenUsage | undefined,
    isOfProxy: boolean,
  ): Promise<AttemptFailure> {
    const text = beginningOf(body).trim();
    const isFree = text === '' || isOfProxy;
    if (!isFree) return unreadableAnswer(attempt, text, usage);
    await attempt.fail(BAD_GATEWAY, INVALID_ANSWER, false);
    return invalidAnswer(true);
  }

  /** Waits for the first content: until then the call can still go elsewhere. */
  private async startStream({ number: attempts }: Attempt, relay: StreamRelay): Promise<UpstreamResult> {
    const { done, value } = await relay.next();
    const { origin } = relay;
    if (!done) return { kind: 'stream', attempts, origin, first: value, rest: relay };
    const rest: FlightSource = { next: async () => ({ done: true, value }), return: async () => undefined };
    return { kind: 'stream', attempts, origin, first: '', rest };
  }
}

/** A tier that is served as there is room takes longer. */
function timeoutsOf({ call, model }: ResolvedCall, { api }: ConfiguredProvider): SendOptions['timeouts'] {
  const own = model.routing?.timeouts;
  if (call.request.serviceTier !== FLEX || !api.flex) return own;
  const { timeoutMs } = api.flex;
  const totalTimeoutMs = own?.totalTimeoutMs && Math.max(own.totalTimeoutMs, timeoutMs);
  return { ...own, firstByteTimeoutMs: timeoutMs, ...(totalTimeoutMs !== undefined && { totalTimeoutMs }) };
}

/** Sends a request that the signal aborts until the response's headers are here: its body is the relay's to end. */
async function sendUntilHeaders(
  transport: UpstreamTransport,
  request: UpstreamRequest,
  { signal, timeouts }: { signal: AbortSignalLike; timeouts: SendOptions['timeouts'] },
): Promise<UpstreamResponse> {
  const ended = new Cancellation();
  const abort = () => ended.abort();
  return abortable(signal, abort, () => transport.send(request, { signal: ended, timeouts }));
}

/** The body of an error; empty where it breaks off, for its status is known all the same. */
async function readErrorBody(response: UpstreamResponse, signal: AbortSignalLike): Promise<string> {
  const abort = () => response.abort();
  try {
    return beginningOf(await abortable(signal, abort, () => response.readAll()));
  } catch (error) {
    if (error instanceof UpstreamTransportError) return '';
    throw error;
  }
}

/** Does work that `abort` ends early, as soon as the signal is aborted. */
async function abortable<T>(signal: AbortSignalLike, abort: () => void, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
