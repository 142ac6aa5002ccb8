import type { JsonRecord, RequestParts } from '@thriftgate/providers';
import type { CacheHit, CacheSlot, NewAnswer, ResponseCache } from '../cache/response-cache.service';
import type { Call } from './call';
import { FailedCosts } from './failed-costs';
import type { CallPart, CallParts, PartedCall, PreparedCall } from './prepared-call';
import { apportioned } from './apportioned';

/** The parts of a call. @throws TypeError where its API finds no input in the body */
export function partsOf(bodies: readonly JsonRecord[], slotOf: (body: JsonRecord) => CacheSlot): CallParts {
  const places = new Map<string, number>();
  const distinct: CallPart[] = [];
  const order = bodies.map((body) => {
    const slot = slotOf(body);
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
  const { call, parts } = prepared;
  const distinct = places.flatMap((place) => parts.distinct[place] ?? []) as [CallPart, ...CallPart[]];
  const slots = distinct.map(({ slot }) => slot) as [CacheSlot, ...CacheSlot[]];
  const body = seamOf(call).join(distinct.map((part) => part.body));
  const order = distinct.map((_part, at) => at);
  return {
    ...prepared,
    call: { ...call, body, failedCosts: new FailedCosts() },
    slot: cache.slotOf(slots),
    parts: { distinct, order },
  };
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
export function storedParts({ call, parts }: PartedCall, answer: NewAnswer): { slot: CacheSlot; entry: NewAnswer }[] {
  const seam = seamOf(call);
  const weights = parts.distinct.map(({ body }) => seam.weight(body));
  const tokens = apportioned(BigInt(answer.usage.inputTokens), weights);
  const costs = apportioned(answer.listCostPusd, tokens.map(Number));
  const bodies = seam.divide(answer.body);
  return parts.distinct.flatMap(({ slot }, at) => {
    const body = bodies[at];
    if (!body) return [];
    const usage = { ...answer.usage, inputTokens: Number(tokens[at]) };
    return [{ slot, entry: { ...answer, body, usage, listCostPusd: costs[at] ?? 0n } }];
  });
}
