import { Injectable } from '@nestjs/common';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import { type CacheHit, ResponseCache } from '../../cache/response-cache.service';
import type { Model } from '../../models/model';
import { AllBusyError } from '../../routing/all-busy-error';
import { affinityKey } from '../../routing/selection/affinity';
import type { Flight } from '../../single-flight/flight';
import type { FlightFailure, SharedAnswer } from '../../single-flight/flight-result';
import { type FlightMembership, SingleFlight } from '../../single-flight/single-flight.service';
import { isStrict } from '../attempts/exchange';
import type { ResolvedCall } from '../attempts/resolved-call';
import type { UpstreamResult } from '../attempts/upstream-result';
import type { CacheStatus, Call, CallResponse, JsonResponse, Settlement } from '../call';
import { findStored, mayBeStored, wholeHit } from '../call-parts';
import { settlementOf } from '../failed-costs';
import { type PreparedCall, statusWithoutHit } from '../prepared-call';
import { CachedResponseService } from '../responses/cached-response.service';
import { CallerStream } from '../responses/caller-stream';
import { ReplayService } from '../responses/replay.service';
import { cacheHeaders, responseHeaders } from '../responses/response-headers';
import { FollowerService } from './follower.service';
import { UpstreamAsker } from './upstream-asker.service';

/** After so many flights that brought nothing, a call asks the upstream for itself alone. */
const MAX_FLIGHTS = 5;
const LONGEST_TIER = 32;

/** Answers that are not in the cache: one upstream call for all equal calls that run at the same time. */
@Injectable()
export class Coalescing {
  constructor(
    private readonly singleFlight: SingleFlight,
    private readonly cache: ResponseCache,
    private readonly cachedResponses: CachedResponseService,
    private readonly followers: FollowerService,
    private readonly replay: ReplayService,
    private readonly upstream: UpstreamAsker,
  ) {}

  /**
   * A call that wants an answer of its own, or whose answer may not be stored, asks alone.
   *
   * @throws GatewayError before anything of the answer was sent
   */
  async respond(prepared: PreparedCall): Promise<CallResponse> {
    const { call, controls, slot } = prepared;
    if (!controls.read || !controls.write) return this.askAlone(prepared);
    const name = flightName(prepared);
    let failures = 0;
    for (let round = 1; round <= MAX_FLIGHTS; round += 1) {
      const membership = await this.singleFlight.join(name, slot.key, call.signal);
      if (!membership) break;
      const { flight, subscription, leads } = membership;
      if (leads) return this.lead(prepared, membership);
      noteWaiting(prepared, 'COALESCED');
      const followed = await this.followers.respond(prepared, flight, subscription);
      if (followed.kind !== 'failed') return followed;
      // The failure may have been that attempt's alone: each follower may be served by another flight, once.
      if (followed.of === 'upstream' && (failures += 1) > 1) {
        await this.followers.recordFailure(prepared, flight, followed.error);
        throw followed.error;
      }
      const hit = await this.find(prepared);
      if (hit) return this.cachedResponses.respond(prepared, hit);
    }
    return this.askAlone(prepared);
  }

  private async lead(
    prepared: PreparedCall,
    { flight, subscription, mayBeStored: isLate }: FlightMembership,
  ): Promise<CallResponse> {
    try {
      const hit = isLate && mayBeStored(this.cache, prepared) ? await this.find(prepared) : undefined;
      if (hit) {
        flight.finish({ kind: 'failed', error: undefined, of: 'lost' });
        subscription.leave();
        return await this.cachedResponses.respond(prepared, hit);
      }
      const resolved = resolve(prepared, 'MISS', flight);
      noteWaiting(prepared, resolved.cacheStatus);
      const result = await this.upstream.ask(resolved);
      if (result.kind === 'json') {
        flight.finish({ kind: 'done', last: '', usageChunk: undefined, answer: result.answer });
        subscription.leave();
        return await this.respondWhole(resolved, result);
      }
      flight.feed(result.origin, result.first, result.rest);
      const texts = flight.read(subscription);
      return await new CallerStream(prepared.call, texts, settlementFor(resolved)).start(headersOf(resolved, result));
    } catch (error) {
      flight.finish(failureOf(error, prepared.call));
      subscription.leave();
      throw error;
    }
  }

  private async find(prepared: PreparedCall): Promise<CacheHit | undefined> {
    return wholeHit(prepared, await findStored(this.cache, prepared));
  }

  private async askAlone(prepared: PreparedCall): Promise<CallResponse> {
    const resolved = resolve(prepared, statusWithoutHit(prepared.controls), undefined);
    noteWaiting(prepared, resolved.cacheStatus);
    const result = await this.upstream.ask(resolved);
    if (result.kind === 'json') return this.respondWhole(resolved, result);
    const stream = new CallerStream(prepared.call, result.rest, settlementFor(resolved));
    return stream.start(headersOf(resolved, result), result.first);
  }

  /** A whole answer. A caller that requested a stream gets it as one: not every upstream streams. */
  private async respondWhole(resolved: ResolvedCall, result: WholeResult): Promise<CallResponse> {
    if (!resolved.call.request.stream) return jsonResponse(resolved, result);
    const settlement = settlementFor(resolved)(result.answer);
    return this.replay.start(resolved.call, headersOf(resolved, result), result.answer, settlement, undefined);
  }
}

function noteWaiting({ call, slot }: PreparedCall, cacheStatus: CacheStatus): void {
  call.onWaiting?.(cacheHeaders(cacheStatus, slot.key));
}

function resolve(
  { call, model, controls, slot, parts }: PreparedCall,
  cacheStatus: CacheStatus,
  flight: Flight | undefined,
): ResolvedCall {
  const signal = flight?.signal ?? call.signal;
  const affinity = affinityOf(call, model);
  return { call, model, controls, slot, parts, cacheStatus, store: controls.write, flight, signal, affinity };
}

/** The same for the calls of a team's conversation. */
function affinityOf({ caller, endpoint, body }: Call, model: Model): string | undefined {
  const { name, routing, promptCacheMinTokens } = model;
  const prefix = routing?.affinity === false ? undefined : endpoint.prefix?.(body, promptCacheMinTokens);
  return prefix === undefined ? undefined : affinityKey(caller.teamId, name, prefix);
}

/**
 * Calls of the same flight get the same answer. A call that pays for another service tier waits for no slower one, though
 * the stored answer is the same. After a new invalidation rule a new flight begins.
 */
function flightName({ call, slot: { key, rulesSeen, scope } }: PreparedCall): string {
  return `${key}:${rulesSeen}:${scope.version ?? ''}:${call.request.serviceTier?.slice(0, LONGEST_TIER) ?? ''}:${isStrict(call) ? 'strict' : ''}`;
}

type WholeResult = Extract<UpstreamResult, { kind: 'json' }>;

function jsonResponse(resolved: ResolvedCall, result: WholeResult): JsonResponse {
  const settlement = settlementFor(resolved)(result.answer);
  const body = resolved.call.endpoint.render.json(result.answer.body, false);
  const { usage } = result.answer;
  return { kind: 'json', headers: headersOf(resolved, result, settlement), body, usage, settlement };
}

/** @param settlement undefined for a stream, whose cost is not known yet */
function headersOf(
  { cacheStatus, slot, store }: ResolvedCall,
  result: UpstreamResult,
  settlement?: Settlement,
): Record<string, string> {
  // Whether a stream will end as one that may be stored is not known yet.
  const stored = result.kind === 'json' ? result.stored : store;
  const { provider, upstreamModel, dropped } = result.kind === 'json' ? result.answer : result.origin;
  const ttlSeconds = stored ? slot.ttlSeconds : undefined;
  return responseHeaders(cacheStatus, slot.key, {
    provider,
    upstreamModel,
    attempts: result.attempts,
    ttlSeconds,
    settlement,
    dropped,
  });
}

/** What the caller pays whose call went upstream. */
function settlementFor({ cacheStatus, call }: ResolvedCall): (answer: SharedAnswer) => Settlement {
  return (answer) => settlementOf(call.failedCosts, cacheStatus, answer);
}

/** That a line of a batch has to wait holds for no live call that asks the same. */
function failureOf(error: unknown, { batch }: Call): FlightFailure {
  const isOfLeader = error instanceof BudgetExceededError || (batch !== undefined && error instanceof AllBusyError);
  return { kind: 'failed', error, of: isOfLeader ? 'leader' : 'upstream' };
}
