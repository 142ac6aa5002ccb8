import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsonRecord, RequestParts, WithoutEffect } from '@thriftgate/providers';
import type { CacheHit, CacheSlot, NewAnswer, ResponseCache } from '../cache/response-cache.service';
import type { Call } from './call';
import { FailedCosts } from './failed-costs';
import { type CallPart, type CallParts, isParted, type PartedCall, type PreparedCall } from './prepared-call';
import { apportioned } from './apportioned';
import { keyedParts } from './keyed-parts';

/** How much of an answer is written before other calls have their turn, in UTF-16 units. */
const TURN_LENGTH = 256 * 1024;

/**
 * The parts of a call.
 *
 * @param withoutEffect members that cannot change the response
 * @throws TypeError where its API finds no input in the body
 */
export function partsOf(
  bodies: readonly JsonRecord[],
  withoutEffect: WithoutEffect,
  slotOf: (body: JsonRecord) => CacheSlot,
): CallParts {
  const keyed = keyedParts(bodies, withoutEffect);
  const places = new Map<string, number>();
  const distinct: CallPart[] = [];
  const order = bodies.map((body, at) => {
    const slot = slotOf(keyed[at] ?? body);
    const place = places.get(slot.key) ?? distinct.push({ body, slot }) - 1;
    places.set(slot.key, place);
    return place;
  });
  const [first, ...rest] = distinct;
  if (!first) throw new TypeError('a request with parts has no input');
  return { distinct: [first, ...rest], order };
}

/** How the API of a call divides and joins. */
export function seamOf({ endpoint }: Call): RequestParts {
  if (!endpoint.parts) throw new TypeError(`${endpoint.path} has no parts`);
  return endpoint.parts;
}

/** The call for some of its parts, each asked once. */
export function narrowedTo(
  prepared: PartedCall,
  places: readonly number[],
  cache: Pick<ResponseCache, 'slotOf'>,
): PartedCall {
  const narrow = askedFor(prepared, places);
  const slots = narrow.parts.distinct.map(({ slot }) => slot) as [CacheSlot, ...CacheSlot[]];
  return { ...narrow, slot: cache.slotOf(slots) };
}

/** As {@link narrowedTo}, with the slot of the whole call. */
export function askedFor(prepared: PartedCall, places: readonly number[]): PartedCall {
  const { call, parts } = prepared;
  const distinct = places.flatMap((place) => parts.distinct[place] ?? []) as [CallPart, ...CallPart[]];
  const body = seamOf(call).join(distinct.map((part) => part.body));
  const order = distinct.map((_part, at) => at);
  return { ...prepared, call: { ...call, body, failedCosts: new FailedCosts() }, parts: { distinct, order } };
}

/** The call as a vendor is asked for the whole of it: an input that is sent twice is asked once. */
export function askedOnce(prepared: PreparedCall): PreparedCall {
  return isParted(prepared) ? askedFor(prepared, [...prepared.parts.distinct.keys()]) : prepared;
}

/** The elements of a response, in the order of the request. Other calls have their turn between them. */
export async function elementsOf(
  { call, parts: { order } }: PartedCall,
  stored: (place: number) => Buffer | undefined,
): Promise<string[]> {
  const seam = seamOf(call);
  const elements: string[] = [];
  let length = 0;
  for (const [index, place] of order.entries()) {
    const element = seam.element(stored(place) ?? Buffer.alloc(0), index, call.body);
    elements.push(element);
    length += element.length;
    if (length < TURN_LENGTH) continue;
    length = 0;
    await nextTurn();
  }
  return elements;
}

/** The response to a whole call, of which each part was asked once. */
export async function wholeResponse(
  prepared: PartedCall,
  { body, usage }: Pick<NewAnswer, 'body' | 'usage'>,
): Promise<Buffer> {
  const { call, model, parts } = prepared;
  const seam = seamOf(call);
  const bodies = seam.divide(body);
  const tokens = apportioned(BigInt(usage.inputTokens), weightsOf(prepared));
  const inputTokens = parts.order.reduce((sum, place) => sum + Number(tokens[place]), 0);
  const elements = await elementsOf(prepared, (place) => bodies[place]);
  return seam.assemble(elements, { model: model.name, inputTokens, cached: false });
}

/** What each distinct part has of the call's tokens, about. */
export function weightsOf({ call, parts }: PartedCall): number[] {
  return parts.distinct.map(({ body }) => seamOf(call).weight(body));
}

/** Whether the cache may have something of a call. */
export function mayBeStored(cache: Pick<ResponseCache, 'mayHave'>, { slot, parts }: PreparedCall): boolean {
  return parts ? parts.distinct.some((part) => cache.mayHave(part.slot)) : cache.mayHave(slot);
}

/** What {@link findStored} returns where the cache has nothing of a call. */
export function noHits({ slot, parts }: PreparedCall): undefined[] {
  return (parts?.distinct ?? [slot]).map(() => undefined);
}

/** What the cache has of a call: for each of its parts, or for the whole of one without parts. */
export async function findStored(
  cache: Pick<ResponseCache, 'find' | 'findAll'>,
  prepared: PreparedCall,
): Promise<(CacheHit | undefined)[]> {
  const { slot, controls, parts } = prepared;
  if (!parts) return [await cache.find(slot, controls)];
  const slots = parts.distinct.map((part) => part.slot);
  return cache.findAll(slots, controls, slot);
}

/** The stored answer of a whole call; undefined where something of it is missing. */
export function wholeHit({ call }: PreparedCall, hits: readonly (CacheHit | undefined)[]): CacheHit | undefined {
  const found = hits.filter((hit) => hit !== undefined);
  const [first] = found;
  if (found.length !== hits.length || !first) return undefined;
  return call.endpoint.parts ? gathered(call.endpoint.parts, [first, ...found.slice(1)]) : first;
}

/** Several stored parts as one answer: as old as the oldest, and stored for as long as the first that expires. */
export function gathered(seam: RequestParts, hits: readonly [CacheHit, ...CacheHit[]]): CacheHit {
  const [{ entry: first }] = hits;
  const entries = hits.map(({ entry }) => entry);
  return {
    entry: {
      ...first,
      body: seam.gather(entries.map(({ body }) => body)),
      usage: { ...first.usage, inputTokens: entries.reduce((sum, { usage }) => sum + usage.inputTokens, 0) },
      listCostPusd: entries.reduce((sum, { listCostPusd }) => sum + listCostPusd, 0n),
      dropped: entries.find(({ dropped }) => dropped)?.dropped,
    },
    ageSeconds: Math.max(...hits.map(({ ageSeconds }) => ageSeconds)),
    ttlSeconds: Math.min(...hits.map(({ ttlSeconds }) => ttlSeconds)),
  };
}

/** An answer as its parts are stored. Its tokens, which vendors tell for all together, are shared out by size, its cost by tokens. */
export function storedParts(parted: PartedCall, answer: NewAnswer): { slot: CacheSlot; entry: NewAnswer }[] {
  const { call, parts } = parted;
  const seam = seamOf(call);
  const tokens = apportioned(BigInt(answer.usage.inputTokens), weightsOf(parted));
  const costs = apportioned(answer.listCostPusd, tokens.map(Number));
  const bodies = seam.divide(answer.body);
  return parts.distinct.flatMap(({ slot }, at) => {
    const body = bodies[at];
    if (!body) return [];
    const usage = { ...answer.usage, inputTokens: Number(tokens[at]) };
    return [{ slot, entry: { ...answer, body, usage, listCostPusd: costs[at] ?? 0n } }];
  });
}
