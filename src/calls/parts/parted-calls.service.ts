import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type CacheHit, ResponseCache } from '../../cache/response-cache.service';
import { GatewayError } from '../../common/errors';
import type { Model } from '../../models/model';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { AllBusyError } from '../../routing/all-busy-error';
import { AttemptFailure } from '../../routing/attempt-failure';
import type { JsonResponse } from '../call';
import { Coalescing } from '../coalescing/coalescing.service';
import { attemptsUntil } from '../fallback';
import { CachedResponseService } from '../responses/cached-response.service';
import { apportioned } from '../apportioned';
import type { Costs } from '../failed-costs';
import { gathered, narrowedTo, seamOf, wholeHit } from '../call-parts';
import type { PartedCall } from '../prepared-call';
import { batchesOf, familiesOf } from './part-batches';
import { inParallel } from './in-parallel';
import { type AnsweredBatch, mergedResponse } from './merged-response';

/** So many requests of one call run at the same time, where no deployment limits them. */
const MAX_PARALLEL = 4;
/** The attempts of a call at one deployment, and the row of one that another call has answered. */
const NUMBERS_PER_DEPLOYMENT = 3;
/** How much of an answer is written before other calls have their turn, in UTF-16 units. */
const TURN_LENGTH = 256 * 1024;

/** A part as it is stored, with its tokens. */
interface AnsweredPart {
  stored: Buffer;
  inputTokens: number;
}

/**
 * Answers calls with independent inputs: what the cache has comes from there, the others are asked in as many requests as the
 * vendor needs, and each is a call like any other, with its own flight, hold, attempts and rows.
 */
@Injectable()
export class PartedCalls {
  constructor(
    private readonly coalescing: Coalescing,
    private readonly cachedResponses: CachedResponseService,
    private readonly cache: ResponseCache,
    private readonly providers: ProviderRegistry,
  ) {}

  /**
   * @param hits what the cache has, for each distinct part
   * @throws GatewayError where a part gets no answer; what the others cost is in their rows, and they are stored
   */
  async respond(prepared: PartedCall, hits: readonly (CacheHit | undefined)[]): Promise<JsonResponse> {
    const whole = wholeHit(prepared, hits);
    if (whole) {
      const response = asJson(await this.cachedResponses.respond(prepared, whole));
      return this.written(prepared, hits, { ...response, headers: { ...response.headers } }, new Map());
    }
    const [own = prepared.model, ...others] = familiesOf(prepared.model);
    try {
      return await this.ofFamily(prepared, own, hits);
    } catch (error) {
      return this.ofOthers(prepared, others, error);
    }
  }

  /** The whole answer from the deployments of other upstream models, with nothing from the cache. */
  private async ofOthers(prepared: PartedCall, families: readonly Model[], error: unknown): Promise<JsonResponse> {
    let last = error;
    for (const family of families) {
      if (!mayGoElsewhere(last) || prepared.call.signal.aborted) break;
      prepared.call.attemptsBefore = attemptsUntil(prepared.call, last);
      try {
        return await this.ofFamily(
          prepared,
          family,
          prepared.parts.distinct.map(() => undefined),
        );
      } catch (failure) {
        last = failure;
      }
    }
    throw last;
  }

  private async ofFamily(
    prepared: PartedCall,
    model: Model,
    hits: readonly (CacheHit | undefined)[],
  ): Promise<JsonResponse> {
    const missing = [...hits.keys()].filter((place) => hits[place] === undefined);
    const answered = await this.ask({ ...prepared, model }, missing);
    const found = await this.recordFound(prepared, hits, answered);
    const response = mergedResponse(prepared, answered, found);
    return this.written(prepared, hits, response, partsOfAnswers(prepared, answered));
  }

  /** Where a request fails, the call's numbers of attempts are used up by all. */
  private async ask(prepared: PartedCall, missing: readonly number[]): Promise<AnsweredBatch[]> {
    const { deployments } = prepared.model;
    const before = prepared.call.attemptsBefore ?? 0;
    const numbers = deployments.length * NUMBERS_PER_DEPLOYMENT + 1;
    const batches = batchesOf(prepared, missing, this.providers).map((places, at) => {
      const narrow = narrowedTo(prepared, places, this.cache);
      narrow.call.attemptsBefore = before + at * numbers;
      const costs: Costs = narrow.call.failedCosts;
      return { places, narrow, before: before + at * numbers, costs };
    });
    const width = deployments.some(({ maxParallel }) => maxParallel !== undefined) ? 1 : MAX_PARALLEL;
    try {
      return await inParallel(batches, width, async (batch) => {
        const response = asJson(await this.coalescing.respond(batch.narrow));
        batch.costs = response.settlement;
        return { ...batch, response };
      });
    } catch (error) {
      const [only] = batches;
      const used = batches.length > 1 ? before + batches.length * numbers : only?.narrow.call.attemptsBefore;
      prepared.call.attemptsBefore = used ?? before;
      // What other requests got counts too: the whole call has no answer, or is asked again elsewhere.
      for (const { costs } of batches) prepared.call.failedCosts.add(costs);
      throw error;
    }
  }

  /** Records what the cache saved, in a row after those of the attempts. */
  private async recordFound(
    prepared: PartedCall,
    hits: readonly (CacheHit | undefined)[],
    answered: readonly AnsweredBatch[],
  ): Promise<CacheHit | undefined> {
    const [first, ...rest] = hits.filter((hit) => hit !== undefined);
    if (!first) return undefined;
    const found = gathered(seamOf(prepared.call), [first, ...rest]);
    await this.cachedResponses.record(prepared, found, 1 + Math.max(...answered.map(lastNumber)));
    return found;
  }

  /** The response in the API's shape, with the parts in the order of the request. */
  private async written(
    { call, parts: { distinct, order }, model }: PartedCall,
    hits: readonly (CacheHit | undefined)[],
    response: JsonResponse,
    asked: ReadonlyMap<number, AnsweredPart>,
  ): Promise<JsonResponse> {
    const seam = seamOf(call);
    const parts = distinct.map((_part, place) => asked.get(place) ?? partOfHit(hits[place]));
    const elements: string[] = [];
    let length = 0;
    for (const [index, place] of order.entries()) {
      const element = seam.element(parts[place]?.stored ?? Buffer.alloc(0), index, call.body);
      elements.push(element);
      length += element.length;
      if (length < TURN_LENGTH) continue;
      length = 0;
      await nextTurn();
    }
    const inputTokens = order.reduce((sum, place) => sum + (parts[place]?.inputTokens ?? 0), 0);
    const cachedInputs = order.filter((place) => !asked.has(place)).length;
    response.headers[seam.cachedHeader] = `${cachedInputs}/${order.length}`;
    const cached = response.settlement.cacheStatus === 'HIT' || response.settlement.cacheStatus === 'COALESCED';
    return { ...response, body: seam.assemble(elements, { model: model.name, inputTokens, cached }) };
  }
}

function partOfHit(hit: CacheHit | undefined): AnsweredPart | undefined {
  return hit && { stored: hit.entry.body, inputTokens: hit.entry.usage.inputTokens };
}

/** The parts that were asked, by their places in the call. */
function partsOfAnswers({ call, parts }: PartedCall, answered: readonly AnsweredBatch[]): Map<number, AnsweredPart> {
  const seam = seamOf(call);
  const found = new Map<number, AnsweredPart>();
  for (const { places, response } of answered) {
    const bodies = seam.divide(response.body);
    const weights = places.flatMap((place) => parts.distinct[place] ?? []).map(({ body }) => seam.weight(body));
    const tokens = apportioned(BigInt(response.usage.inputTokens), weights);
    for (const [at, place] of places.entries()) {
      const stored = bodies[at];
      if (stored) found.set(place, { stored, inputTokens: Number(tokens[at]) });
    }
  }
  return found;
}

/** The number of the last row of a request. One that got another's answer has one row. */
function lastNumber({ before, response }: AnsweredBatch): number {
  return Math.max(before + 1, Number(response.headers['x-gateway-attempts'] ?? 0));
}

function asJson(response: { kind: string }): JsonResponse {
  if (response.kind !== 'json') throw new TypeError('a call with parts got a stream');
  return response as JsonResponse;
}

/** Whether the deployments of another upstream model may have an answer. */
function mayGoElsewhere(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false;
  if (error instanceof AllBusyError || error.code === 'unsupported_parameter') return true;
  return error.cause instanceof AttemptFailure && error.cause.error.elsewhere;
}
