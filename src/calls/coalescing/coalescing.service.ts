import { Injectable } from '@nestjs/common';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import type { CacheControls } from '../../cache/controls/cache-controls';
import { type CacheSlot, ResponseCache } from '../../cache/response-cache.service';
import type { Flight, Subscription } from '../../single-flight/flight';
import type { FlightResult, FlightFailure } from '../../single-flight/flight-result';
import { SingleFlight } from '../../single-flight/single-flight.service';
import { lastEvents, startStream } from '../responses/caller-stream';
import { CachedResponseService } from '../responses/cached-response.service';
import type { ResolvedCall } from '../attempts/resolved-call';
import type { CacheStatus, CallResponse, Call } from '../call';
import { FollowerService } from './follower.service';
import { settlementOf, UpstreamAsker } from './upstream-asker.service';

/** After so many questions that came to nothing, by whosever fault, a call asks for itself alone. */
const SHARED_ROUNDS = 5;
const LONGEST_TIER = 32;

/** Answers that are not in the cache: asked for once for all who ask the same at the same time. */
@Injectable()
export class Coalescing {
  constructor(
    private readonly singleFlight: SingleFlight,
    private readonly cache: ResponseCache,
    private readonly hits: CachedResponseService,
    private readonly followers: FollowerService,
    private readonly asker: UpstreamAsker,
  ) {}

  /**
   * Who will have nothing but its own answer, or whose answer nobody may have, asks alone.
   *
   * @throws GatewayError before anything of the answer was sent
   */
  async answer(call: Call, slot: CacheSlot, controls: CacheControls): Promise<CallResponse> {
    if (!controls.read || !controls.write) return this.askAlone(call, slot, controls);
    const name = questionName(call, slot);
    let failures = 0;
    for (let round = 1; round <= SHARED_ROUNDS; round += 1) {
      const boarding = await this.singleFlight.join(name, slot.key, call.signal);
      if (!boarding) break;
      const { flight, seat, leads, mayBeStored } = boarding;
      if (leads) return this.lead(call, slot, controls, { flight, seat, mayBeStored });
      const followed = await this.followers.answer(call, slot, flight, seat);
      if (followed.kind !== 'failed') return followed;
      // A failure may have been this one try's: each that waited may be served by another one, once.
      if (followed.of === 'upstream' && (failures += 1) > 1) {
        await this.followers.recordRefusal(call, slot, flight, followed.error);
        throw followed.error;
      }
      const hit = await this.cache.find(slot, controls);
      if (hit) return this.hits.answer(call, slot, hit);
    }
    return this.askAlone(call, slot, controls);
  }

  private async lead(
    call: Call,
    slot: CacheSlot,
    controls: CacheControls,
    { flight, seat, mayBeStored }: { flight: Flight; seat: Subscription; mayBeStored: boolean },
  ): Promise<CallResponse> {
    try {
      const hit = mayBeStored ? await this.cache.find(slot, controls) : undefined;
      if (hit) {
        flight.finish({ kind: 'failed', error: undefined, of: 'lost' });
        seat.leave();
        return await this.hits.answer(call, slot, hit);
      }
      const question: ResolvedCall = { call, slot, cacheStatus: 'MISS', store: true, flight, signal: flight.signal };
      const obtained = await this.asker.ask(question);
      if (obtained.kind === 'json') {
        flight.finish({ kind: 'done', last: '', usageChunk: undefined, answer: obtained.answer });
        seat.leave();
        return this.asker.json(question, obtained);
      }
      flight.feed(obtained.origin, obtained.first, obtained.rest);
      const headers = this.asker.headers(question, obtained);
      return await startStream(call.body, headers, '', flight.read(seat), (end) => lastOf(question, end));
    } catch (error) {
      flight.finish(failureOf(error));
      seat.leave();
      throw error;
    }
  }

  private async askAlone(call: Call, slot: CacheSlot, controls: CacheControls): Promise<CallResponse> {
    const cacheStatus = statusWithoutHit(controls);
    const { signal } = call;
    const question: ResolvedCall = { call, slot, cacheStatus, store: controls.write, flight: undefined, signal };
    const obtained = await this.asker.ask(question);
    if (obtained.kind === 'json') return this.asker.json(question, obtained);
    const headers = this.asker.headers(question, obtained);
    return startStream(call.body, headers, obtained.first, obtained.rest, (end) => lastOf(question, end));
  }
}

/**
 * Whoever pays for another service tier waits for no slower one, though the answer is the same in the cache. With a new
 * invalidation rule the question is a new one.
 */
function questionName({ body }: Call, { key, rulesSeen, scope }: CacheSlot): string {
  const { service_tier: tier } = body;
  return `${key}:${rulesSeen}:${scope.version ?? ''}:${typeof tier === 'string' ? tier.slice(0, LONGEST_TIER) : ''}`;
}

function lastOf(question: ResolvedCall, end: FlightResult | undefined): string {
  return lastEvents(end, question.call.body, (answer) => settlementOf(question, answer));
}

function failureOf(error: unknown): FlightFailure {
  return { kind: 'failed', error, of: error instanceof BudgetExceededError ? 'leader' : 'upstream' };
}

function statusWithoutHit(controls: CacheControls): CacheStatus {
  if (controls.read) return 'MISS';
  return controls.write ? 'REFRESH' : 'BYPASS';
}
