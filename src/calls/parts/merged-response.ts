import type { CacheHit } from '../../cache/response-cache.service';
import { asHeader } from '../../common/header-text';
import { formatUsd } from '../../common/money';
import { NO_TOKENS } from '../../ledger/ledger.service';
import type { CacheStatus, JsonResponse } from '../call';
import { settlementOf } from '../failed-costs';
import type { PartedCall } from '../prepared-call';

/** One request for some parts of a call, with its answer. */
export interface AnsweredBatch {
  /** The places of its parts among the call's distinct ones. */
  places: readonly number[];
  /** The numbers of attempts that were used before it. */
  before: number;
  response: JsonResponse;
}

const DROPPED = 'x-gateway-dropped-params';
const TTL = 'x-cache-ttl';
/** A call is what the dearest of its requests was. */
const STATUSES: readonly CacheStatus[] = ['BYPASS', 'REFRESH', 'MISS', 'COALESCED', 'HIT'];

/** The answer of a whole call, without its body: sums of what its requests cost and of what the cache saved. */
export function mergedResponse(
  { slot, call }: PartedCall,
  answered: readonly AnsweredBatch[],
  found: CacheHit | undefined,
): JsonResponse {
  const responses = answered.map(({ response }) => response);
  const settlements = responses.map(({ settlement }) => settlement);
  const statuses = settlements.map(({ cacheStatus }) => cacheStatus);
  const cacheStatus = STATUSES.find((status) => statuses.includes(status)) ?? 'HIT';
  const savedByCache = found?.entry.listCostPusd ?? 0n;
  const settlement = settlementOf(call.failedCosts, cacheStatus, {
    listCostPusd: sum(settlements.map(({ listCostPusd }) => listCostPusd)) + savedByCache,
    costPusd: sum(settlements.map(({ costPusd }) => costPusd)),
  });
  const before = call.attemptsBefore ?? 0;
  const attempts = answered.map(({ before: used, response }) => Math.max(0, attemptsIn(response) - used));
  const headers: Record<string, string> = {
    ...responses[0]?.headers,
    'x-cache-status': cacheStatus,
    'x-cache-key': asHeader(slot.key),
    'x-gateway-attempts': String(attempts.reduce((all, each) => all + each, before)),
    'x-gateway-cost-usd': formatUsd(settlement.costPusd),
    'x-gateway-saved-usd': formatUsd(settlement.savedPusd),
  };
  delete headers.age;
  setOrDelete(headers, TTL, ttlOf(responses, found));
  setOrDelete(headers, DROPPED, droppedIn(responses, found));
  const usage = {
    ...(responses[0]?.usage ?? found?.entry.usage ?? NO_TOKENS),
    inputTokens:
      responses.reduce((all, { usage: each }) => all + each.inputTokens, 0) + (found?.entry.usage.inputTokens ?? 0),
  };
  return { kind: 'json', headers, body: Buffer.alloc(0), usage, settlement };
}

function attemptsIn({ headers }: JsonResponse): number {
  return Number(headers['x-gateway-attempts'] ?? 0);
}

/** Until when all of the answer is stored; undefined where some of it is not. */
function ttlOf(responses: readonly JsonResponse[], found: CacheHit | undefined): string | undefined {
  const ttls = responses.map(({ headers }) => Number(headers[TTL]));
  if (found) ttls.push(found.ttlSeconds);
  const least = Math.min(...ttls);
  return Number.isFinite(least) ? String(least) : undefined;
}

function droppedIn(responses: readonly JsonResponse[], found: CacheHit | undefined): string | undefined {
  const named = responses.map(({ headers }) => headers[DROPPED]).find((names) => names !== undefined);
  const stored = found?.entry.dropped;
  return named ?? (stored && asHeader(stored.join(', ')));
}

function setOrDelete(headers: Record<string, string>, name: string, value: string | undefined): void {
  if (value === undefined) delete headers[name];
  else headers[name] = value;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((all, each) => all + each, 0n);
}
