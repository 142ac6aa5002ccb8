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
import { elementsOf, findStored, gathered, narrowedTo, seamOf, wholeHit } from '../call-parts';
import type { PartedCall } from '../prepared-call';
import { batchesOf, familiesOf } from './part-batches';
import { inParallel } from './in-parallel';
import { type AnsweredBatch, mergedResponse } from './merged-response';
import { RunningParts } from './running-parts';

/** So many requests of one call run at the same time, where no deployment limits them. */
const MAX_PARALLEL = 4;
/** The attempts of a call at one deployment, and the row of one that another call has answered. */
const NUMBERS_PER_DEPLOYMENT = 3;

/** A part as it is stored, with its tokens. */
interface AnsweredPart {
  stored: Buffer;
  inputTokens: number;
}

/**
 * Answers calls with independent inputs: what the cache has comes from there, the others are asked in as many requests as the
 * vendor needs, and each is a call like any other, with its own flight, hold, attempts and rows. An input that another list of this
 * process asks for is waited for, and read from the cache then.
 */
@Injectable()
export class PartedCalls {
  private readonly running = new RunningParts();

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
      return await this.ofOwnFamily({ ...prepared, model: own }, hits);
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

  /** Asks for the inputs that no other list asks for; then for those of which the others have brought nothing. */
  private async ofOwnFamily(prepared: PartedCall, hits: readonly (CacheHit | undefined)[]): Promise<JsonResponse> {
    const { read, write } = prepared.controls;
    const missing = missingIn(hits);
    const keys = keysOf(prepared, missing);
    const { indexes, ended } = read ? this.running.elsewhere(keys) : NOTHING;
    const own = missing.filter((_place, index) => !indexes.has(index));
    const asking = this.ask(prepared, own);
    if (write) this.running.register(keysOf(prepared, own), asking);
    const [answered] = await Promise.all([asking, ...ended]);
    if (ended.length === 0) return this.merged(prepared, hits, answered);
    const waited = missing.filter((_place, index) => indexes.has(index));
    const found = await findStored(this.cache, narrowedTo(prepared, waited, this.cache));
    const seen = hits.map((hit, place) => hit ?? found[waited.indexOf(place)]);
    const left = missingIn(seen).filter((place) => waited.includes(place));
    if (left.length === 0 && answered.length === 0) return this.respond(prepared, seen);
    const rest = await this.ask(prepared, left, answered.length);
    return this.merged(prepared, seen, [...answered, ...rest]);
  }

  private async ofFamily(
    prepared: PartedCall,
    model: Model,
    hits: readonly (CacheHit | undefined)[],
  ): Promise<JsonResponse> {
    const answered = await this.ask({ ...prepared, model }, missingIn(hits));
    return this.merged({ ...prepared, model }, hits, answered);
  }

  private async merged(
    prepared: PartedCall,
    hits: readonly (CacheHit | undefined)[],
    answered: readonly AnsweredBatch[],
  ): Promise<JsonResponse> {
    const found = await this.recordFound(prepared, hits, answered);
    const response = mergedResponse(prepared, answered, found);
    return this.written(prepared, hits, response, partsOfAnswers(prepared, answered));
  }

  /**
   * Where a request fails, the call's numbers of attempts are used up by all.
   *
   * @param asked how many requests of the call went out before
   */
  private async ask(prepared: PartedCall, missing: readonly number[], asked = 0): Promise<AnsweredBatch[]> {
    const { deployments } = prepared.model;
    const before = prepared.call.attemptsBefore ?? 0;
    const numbers = deployments.length * NUMBERS_PER_DEPLOYMENT + 1;
    const batches = batchesOf(prepared, missing, this.providers).map((places, at) => {
      const narrow = narrowedTo(prepared, places, this.cache);
      const used = before + (asked + at) * numbers;
      narrow.call.attemptsBefore = used;
      const costs: Costs = narrow.call.failedCosts;
      return { places, narrow, before: used, costs };
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
      const all = asked + batches.length;
      const used = all > 1 ? before + all * numbers : only?.narrow.call.attemptsBefore;
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
    prepared: PartedCall,
    hits: readonly (CacheHit | undefined)[],
    response: JsonResponse,
    asked: ReadonlyMap<number, AnsweredPart>,
  ): Promise<JsonResponse> {
    const { call, model } = prepared;
    const { distinct, order } = prepared.parts;
    const seam = seamOf(call);
    const parts = distinct.map((_part, place) => asked.get(place) ?? partOfHit(hits[place]));
    const elements = await elementsOf(prepared, (place) => parts[place]?.stored);
    const inputTokens = order.reduce((sum, place) => sum + (parts[place]?.inputTokens ?? 0), 0);
    const cachedInputs = order.filter((place) => !asked.has(place)).length;
    response.headers[seam.cachedHeader] = `${cachedInputs}/${order.length}`;
    const cached = response.settlement.cacheStatus === 'HIT' || response.settlement.cacheStatus === 'COALESCED';
    return { ...response, body: seam.assemble(elements, { model: model.name, inputTokens, cached }) };
  }
}

const NOTHING: ReturnType<RunningParts['elsewhere']> = { indexes: new Set(), ended: [] };

function missingIn(hits: readonly (CacheHit | undefined)[]): number[] {
  return [...hits.keys()].filter((place) => hits[place] === undefined);
}

function keysOf({ parts }: PartedCall, places: readonly number[]): string[] {
  return places.flatMap((place) => parts.distinct[place]?.slot.key ?? []);
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
