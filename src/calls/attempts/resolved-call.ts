import type { AbortSignalLike } from '@thriftgate/providers';
import type { IntentEntry } from '../../ledger/ledger.service';
import type { Flight } from '../../single-flight/flight';
import type { CacheStatus } from '../call';
import type { PreparedCall } from '../prepared-call';
import { OWN_KEY_TAG } from '../tags';

/** A call on its way upstream: what all its attempts share. */
export interface ResolvedCall extends PreparedCall {
  cacheStatus: CacheStatus;
  /** Whether the answer may be stored. */
  store: boolean;
  /** The flight of all who wait for the answer; undefined where the answer is for one caller alone. */
  flight: Flight | undefined;
  /** Aborted when every client that waits for the answer has disconnected. */
  signal: AbortSignalLike;
  /** The same for the calls of a team's conversation; undefined where no prompt cache would keep it. */
  affinity?: string | undefined;
}

const NOT_CHARGED = { priceId: null, windows: null };
/** What a call may write where it does not say: the bound that stands in for it when its likely cost is estimated. */
const DEFAULT_OUTPUT_TOKENS = 4096;

/** The ledger's row of an attempt, as far as it is known before the attempt. A call that needs no attempt has number 1 too. */
export function intentOf(
  { call, model, slot }: PreparedCall,
  cacheStatus: CacheStatus,
  attempt: { number: number; provider: string; upstreamModel: string | null; ownKey?: boolean },
  charged: { priceId: string | null; windows: string[] | null } = NOT_CHARGED,
): IntentEntry {
  const tags = attempt.ownKey ? [...call.tags, OWN_KEY_TAG] : call.tags;
  const isPaid = cacheStatus !== 'HIT' && cacheStatus !== 'COALESCED';
  return {
    request_id: call.requestId,
    attempt: attempt.number,
    team_id: call.caller.teamId,
    key_id: call.caller.keyId,
    model: model.name,
    provider: attempt.provider,
    upstream_model: attempt.upstreamModel,
    endpoint: call.endpoint.path,
    stream: call.request.stream,
    cache_status: cacheStatus,
    cache_generation: slot.generation,
    question: isPaid ? questionOf(slot.key) : null,
    price_id: charged.priceId,
    charged: charged.windows,
    batch_id: call.batch?.batchId ?? null,
    custom_id: call.batch?.customId ?? null,
    tags: tags.length > 0 ? tags : null,
  };
}

/**
 * The most tokens that a call writes, over all its choices.
 *
 * @param unasked stands in where the call names no limit and its model's is higher
 */
export function outputCeiling(
  { call: { request } }: PreparedCall,
  modelMaxOutputTokens: number | undefined,
  unasked: number = DEFAULT_OUTPUT_TOKENS,
): number {
  const each = request.maxOutputTokens ?? Math.min(modelMaxOutputTokens ?? unasked, unasked);
  return each * request.choices;
}

/** The first bits of the hash in a cache key, as many as a positive `bigint` has: equal calls have equal ones. */
function questionOf(key: string): string {
  return (BigInt(`0x${key.slice(key.lastIndexOf(':') + 1, key.lastIndexOf(':') + 17)}`) >> 1n).toString();
}
