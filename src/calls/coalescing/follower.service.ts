import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import { LedgerService, type Outcome } from '../../ledger/ledger.service';
import type { Flight, Subscription } from '../../single-flight/flight';
import type {
  FlightFailure,
  FlightOrigin,
  FlightResult,
  FlightSource,
  SharedAnswer,
} from '../../single-flight/flight-result';
import { failedOutcome, savedOutcome } from '../attempts/outcome';
import { intentOf } from '../attempts/resolved-call';
import type { CallResponse, Settlement, TextStream } from '../call';
import { settlementOf } from '../failed-costs';
import type { PreparedCall } from '../prepared-call';
import { CallerStream, lastEvents } from '../responses/caller-stream';
import { ReplayService } from '../responses/replay.service';
import { responseHeaders } from '../responses/response-headers';

const INTERNAL_ERROR = 500;
const BAD_GATEWAY = 502;
const CLIENT_CLOSED_REQUEST = 499;
const CLIENT_CLOSED = 'client_closed_request';

/** A call that waits for the answer to an equal one. */
interface Follower {
  prepared: PreparedCall;
  flight: Flight;
  /** Milliseconds until the first content; null while none has come. */
  ttftMs: number | null;
}

/** Gives calls the answer that an equal one pays for: at no cost, whole or as a stream from its beginning. */
@Injectable()
export class FollowerService {
  /** The bytes that all followers of an answer get, made once. */
  private readonly bodies = new WeakMap<SharedAnswer, Buffer>();

  constructor(
    private readonly ledger: LedgerService,
    private readonly replay: ReplayService,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the response, or how the flight failed before any of its answer came
   * @throws GatewayError when the client has disconnected
   */
  async respond(
    prepared: PreparedCall,
    flight: Flight,
    subscription: Subscription,
  ): Promise<CallResponse | FlightFailure> {
    const follower: Follower = { prepared, flight, ttftMs: null };
    const { stream } = prepared.call.request;
    const texts = flight.read(subscription);
    let step = await texts.next();
    if (stream && !step.done) return this.stream(follower, step.value, texts);
    while (!step.done) step = await texts.next();
    const result = step.value;
    if (result === undefined) {
      await this.record(follower, this.failed(follower, CLIENT_CLOSED_REQUEST, CLIENT_CLOSED));
      throw new GatewayError('upstream_error', { message: 'The request was cancelled.' });
    }
    if (result.kind === 'failed') return result;
    if (result.kind === 'done' && result.answer.body.length === 0 && (!stream || result.last === ''))
      return { kind: 'failed', error: undefined, of: 'lost' };
    // Nothing of it was sent to this client, so another flight may still bring a whole answer.
    if (result.kind === 'broken') return { kind: 'failed', error: result.error, of: 'upstream' };
    return stream ? this.streamAtOnce(follower, result) : this.json(follower, result.answer);
  }

  /** Records a call that gets the error of the flight that it followed. */
  recordFailure(prepared: PreparedCall, flight: Flight, error: unknown): Promise<void> {
    const known = error instanceof GatewayError ? error : undefined;
    const code = known ? known.toBody().error.code : 'internal_error';
    const follower: Follower = { prepared, flight, ttftMs: null };
    const recorded = this.record(follower, this.failed(follower, known?.status ?? INTERNAL_ERROR, code));
    // Its row has used a number, should another model answer the call.
    prepared.call.attemptsBefore = (prepared.call.attemptsBefore ?? 0) + 1;
    return recorded;
  }

  private async json(follower: Follower, answer: SharedAnswer): Promise<CallResponse> {
    await this.recordAnswer(follower, answer);
    const settlement = settlementFor(follower.prepared)(answer);
    const headers = headersOf(follower, answer, settlement);
    return { kind: 'json', headers, body: this.bodyOf(follower, answer), usage: answer.usage, settlement };
  }

  private bodyOf({ prepared: { call } }: Follower, answer: SharedAnswer): Buffer {
    const body = this.bodies.get(answer) ?? call.endpoint.render.json(answer.body, true);
    this.bodies.set(answer, body);
    return body;
  }

  /** A stream that came at once, or that is made of a whole answer. */
  private async streamAtOnce(
    follower: Follower,
    result: Extract<FlightResult, { kind: 'done' }>,
  ): Promise<CallResponse> {
    const { call, model } = follower.prepared;
    const { answer, last } = result;
    follower.ttftMs = this.clock.now() - call.startedAt;
    await this.recordAnswer(follower, answer);
    const headers = headersOf(follower, answer);
    if (last === '') {
      const { replayTokensPerSecond } = model.cache;
      return this.replay.start(call, headers, answer, settlementFor(follower.prepared)(answer), replayTokensPerSecond);
    }
    const { render } = call.endpoint;
    const first = lastEvents(result, { render, request: call.request }, settlementFor(follower.prepared));
    return { kind: 'stream', headers, first, rest: NOTHING };
  }

  private stream(follower: Follower, first: string, texts: FlightSource): Promise<CallResponse> {
    const { call } = follower.prepared;
    follower.ttftMs = this.clock.now() - call.startedAt;
    const stream = new CallerStream(call, texts, settlementFor(follower.prepared), (result) =>
      this.recordEnd(follower, result),
    );
    return stream.start(headersOf(follower, originOf(follower)), first);
  }

  private recordEnd(follower: Follower, result: FlightResult | undefined): Promise<void> {
    if (result === undefined) return this.record(follower, this.failed(follower, CLIENT_CLOSED_REQUEST, CLIENT_CLOSED));
    if (result.kind === 'done') return this.recordAnswer(follower, result.answer);
    const code = result.kind === 'broken' ? result.code : 'upstream_stream_cut';
    return this.record(follower, this.failed(follower, BAD_GATEWAY, code));
  }

  private recordAnswer(follower: Follower, answer: SharedAnswer): Promise<void> {
    return this.record(follower, savedOutcome(answer, 'coalesced', this.timing(follower)), answer);
  }

  /** The end of a call that got no whole answer: it cost nothing and saved nothing. */
  private failed(follower: Follower, status: number, errorCode: string | null): Outcome {
    return failedOutcome(originOf(follower).upstreamModel, status, errorCode, this.timing(follower));
  }

  private record(follower: Follower, outcome: Outcome, origin: FlightOrigin = originOf(follower)): Promise<void> {
    const { provider, upstreamModel } = origin;
    const { attemptsBefore = 0 } = follower.prepared.call;
    const attempt = { number: attemptsBefore + 1, provider, upstreamModel };
    return this.ledger.record(intentOf(follower.prepared, 'COALESCED', attempt), outcome);
  }

  private timing({ prepared: { call }, ttftMs }: Follower) {
    return { latencyMs: this.clock.now() - call.startedAt, ttftMs };
  }
}

const NOTHING: TextStream = { next: async () => ({ done: true, value: '' }), return: async () => undefined };

function originOf({ flight, prepared }: Follower): FlightOrigin {
  return flight.origin ?? { provider: '', upstreamModel: prepared.model.family };
}

function settlementFor({ call }: PreparedCall): (answer: SharedAnswer) => Settlement {
  return ({ listCostPusd }) => settlementOf(call.failedCosts, 'COALESCED', { listCostPusd, costPusd: 0n });
}

/** @param settlement undefined for a stream, whose cost is not known yet */
function headersOf(
  { prepared: { call, slot } }: Follower,
  { provider, upstreamModel, dropped }: FlightOrigin,
  settlement?: Settlement,
): Record<string, string> {
  const origin = {
    provider,
    upstreamModel,
    attempts: call.attemptsBefore ?? 0,
    ttlSeconds: undefined,
    settlement,
    dropped,
  };
  return responseHeaders('COALESCED', slot.key, origin);
}
