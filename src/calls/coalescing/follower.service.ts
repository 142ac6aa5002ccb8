import { Injectable } from '@nestjs/common';
import type { CacheSlot } from '../../cache/response-cache.service';
import type { Flight, Subscription } from '../../single-flight/flight';
import type { FlightResult, FlightFailure, SharedAnswer } from '../../single-flight/flight-result';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import { LedgerService, type Outcome } from '../../ledger/ledger.service';
import { responseHeaders } from '../responses/response-headers';
import { lastEvents, startStream } from '../responses/caller-stream';
import { ReplayService } from '../responses/replay.service';
import { savedOutcome } from '../attempts/saved-outcome';
import { withCached } from '../attempts/cached-flag';
import { intentOf } from '../attempts/resolved-call';
import type { CallResponse, Call, Settlement } from '../call';

const INTERNAL_ERROR = 500;
const BAD_GATEWAY = 502;
const CLIENT_CLOSED_REQUEST = 499;

/** A call that waits for the answer to another one's question. */
interface Follower {
  call: Call;
  slot: CacheSlot;
  flight: Flight;
  /** Milliseconds until the first content; null while none has come. */
  ttftMs: number | null;
}

/** Gives calls the answer that another one asks for: at no cost, whole or as a stream from its beginning. */
@Injectable()
export class FollowerService {
  /** The bytes that all get, made once: a thousand copies of a long answer would be more than there is memory. */
  private readonly bodies = new WeakMap<SharedAnswer, Buffer>();

  constructor(
    private readonly ledger: LedgerService,
    private readonly replay: ReplayService,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the answer, or how the question failed before any of it was given
   * @throws GatewayError when the caller has left
   */
  async answer(call: Call, slot: CacheSlot, flight: Flight, seat: Subscription): Promise<CallResponse | FlightFailure> {
    const follower: Follower = { call, slot, flight, ttftMs: null };
    const texts = flight.read(seat);
    let next = await texts.next();
    if (call.stream && !next.done) return this.stream(follower, next.value, texts);
    while (!next.done) next = await texts.next();
    const end = next.value;
    if (end === undefined) {
      await this.recordFailure(follower, CLIENT_CLOSED_REQUEST, 'client_closed_request');
      throw new GatewayError('upstream_error', { message: 'The call was given up.' });
    }
    if (end.kind === 'failed') return end;
    if (end.kind === 'done' && end.answer.body.length === 0 && (!call.stream || end.last === ''))
      return { kind: 'failed', error: undefined, of: 'lost' };
    // Nothing of it has gone out, so this one may still have a whole answer.
    if (end.kind === 'broken') return { kind: 'failed', error: end.error, of: 'upstream' };
    return call.stream ? this.streamAtOnce(follower, end) : this.json(follower, end.answer);
  }

  /** Notes a call that is told how another one's question failed, and asks no more for itself. */
  recordRefusal(call: Call, slot: CacheSlot, flight: Flight, error: unknown): Promise<void> {
    const told = error instanceof GatewayError ? error.toBody().error.code : 'internal_error';
    const status = error instanceof GatewayError ? error.status : INTERNAL_ERROR;
    return this.recordFailure({ call, slot, flight, ttftMs: null }, status, told);
  }

  private async json(follower: Follower, answer: SharedAnswer): Promise<CallResponse> {
    await this.record(follower, answer);
    const settlement = settlementOf(answer);
    const headers = headersOf(follower, answer, settlement);
    return { kind: 'json', headers, body: this.bodyOf(answer), settlement };
  }

  private bodyOf(answer: SharedAnswer): Buffer {
    const made = this.bodies.get(answer) ?? withCached(answer.body, true);
    this.bodies.set(answer, made);
    return made;
  }

  /** A stream that was there at once, or that is made of an answer that came whole. */
  private async streamAtOnce(follower: Follower, end: Extract<FlightResult, { kind: 'done' }>): Promise<CallResponse> {
    const { call, slot } = follower;
    const { answer, last } = end;
    follower.ttftMs = this.clock.now() - call.startedAt;
    await this.record(follower, answer);
    const headers = headersOf(follower, answer, undefined);
    const settlement = settlementOf(answer);
    if (last !== '')
      return { kind: 'stream', headers, first: lastEvents(end, call.body, settlementOf), rest: nothing() };
    const rest = this.replay.texts(call, answer, settlement, slot.model.cache.replayTokensPerSecond);
    const first = await rest.next();
    return { kind: 'stream', headers, first: first.value ?? '', rest };
  }

  private stream(follower: Follower, first: string, texts: ReturnType<Flight['read']>): Promise<CallResponse> {
    const { call, flight, slot } = follower;
    follower.ttftMs = this.clock.now() - call.startedAt;
    const origin = flight.origin ?? { provider: '', upstreamModel: slot.model.family };
    return startStream(call.body, headersOf(follower, origin, undefined), first, texts, async (end) => {
      await this.recordEnd(follower, end);
      return lastEvents(end, call.body, settlementOf);
    });
  }

  private recordEnd(follower: Follower, end: FlightResult | undefined): Promise<void> {
    if (end === undefined) return this.recordFailure(follower, CLIENT_CLOSED_REQUEST, 'client_closed_request');
    if (end.kind === 'done') return this.record(follower, end.answer);
    return this.recordFailure(follower, BAD_GATEWAY, end.kind === 'broken' ? end.code : 'upstream_stream_cut');
  }

  private record(follower: Follower, answer: SharedAnswer): Promise<void> {
    const { call, ttftMs } = follower;
    return this.write(follower, answer, savedOutcome(answer, 'coalesced', this.clock.now() - call.startedAt, ttftMs));
  }

  /** A call that got no whole answer: nothing was paid for it, and nothing saved. */
  private recordFailure(follower: Follower, status: number, errorCode: string | null): Promise<void> {
    const { flight, slot, call, ttftMs } = follower;
    const origin = flight.origin ?? { provider: '', upstreamModel: slot.model.family };
    const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    const nothingSaved = savedOutcome(
      { usage, listCostPusd: 0n, upstreamModel: origin.upstreamModel },
      'coalesced',
      this.clock.now() - call.startedAt,
      ttftMs,
    );
    return this.write(follower, origin, { ...nothingSaved, state: 'failed', status, errorCode, savedBy: null });
  }

  private write(
    { call, slot }: Follower,
    { provider, upstreamModel }: { provider: string; upstreamModel: string },
    outcome: Outcome,
  ): Promise<void> {
    return this.ledger.record(intentOf(call, slot, 'COALESCED', { attempt: 1, provider, upstreamModel }), outcome);
  }
}

function settlementOf({ listCostPusd }: SharedAnswer): Settlement {
  return { cacheStatus: 'COALESCED', listCostPusd, costPusd: 0n, savedPusd: listCostPusd };
}

function headersOf(
  { slot }: Follower,
  { provider, upstreamModel }: { provider: string; upstreamModel: string },
  settlement: Settlement | undefined,
): Record<string, string> {
  const origin = { provider, upstreamModel, attempts: 0, ttlSeconds: undefined, settlement };
  return responseHeaders('COALESCED', slot.key, origin);
}

async function* nothing(): AsyncGenerator<string, void, undefined> {}
