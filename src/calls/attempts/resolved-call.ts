import type { ChatBody, AbortSignalLike, UpstreamRequest } from '@thriftgate/providers';
import type { Flight } from '../../single-flight/flight';
import type { CacheSlot } from '../../cache/response-cache.service';
import type { Deployment } from '../../models/model';
import type { Provider } from '../../providers/provider';
import type { IntentEntry } from '../../ledger/ledger.service';
import { CHAT_ENDPOINT, type CacheStatus, type Call } from '../call';

/** One question on its way upstream: what all its tries share. */
export interface ResolvedCall {
  call: Call;
  slot: CacheSlot;
  cacheStatus: CacheStatus;
  /** Whether the answer may be stored. */
  store: boolean;
  /** All who wait for the answer; undefined where it is for one caller alone. */
  flight: Flight | undefined;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignalLike;
}

const NOT_CHARGED = { priceId: null, windows: null };
/** What a call may write where it does not say: the bound that stands in for it when its worst cost is reckoned. */
const DEFAULT_OUTPUT_TOKENS = 4096;

/** The row of a try, as far as it is known before the try. A call that needs no try has number 1 too. */
export function intentOf(
  call: Call,
  slot: CacheSlot,
  cacheStatus: CacheStatus,
  tried: { attempt: number; provider: string; upstreamModel: string | null },
  charged: { priceId: string | null; windows: string[] | null } = NOT_CHARGED,
): IntentEntry {
  return {
    request_id: call.requestId,
    attempt: tried.attempt,
    team_id: call.caller.teamId,
    key_id: call.caller.keyId,
    model: slot.model.name,
    provider: tried.provider,
    upstream_model: tried.upstreamModel,
    endpoint: CHAT_ENDPOINT,
    stream: call.stream,
    cache_status: cacheStatus,
    cache_generation: slot.generation,
    question: cacheStatus === 'HIT' || cacheStatus === 'COALESCED' ? null : questionOf(slot.key),
    price_id: charged.priceId,
    charged: charged.windows,
    batch_id: call.batch?.batchId ?? null,
    custom_id: call.batch?.customId ?? null,
    tags: call.tags.length > 0 ? call.tags : null,
  };
}

/** The request to a deployment, without the members that are only the gateway's. */
export function upstreamRequest(call: Call, deployment: Deployment, provider: Provider): UpstreamRequest {
  return provider.adapter.toRequest({
    body: withoutGatewayMembers(call.body),
    upstreamModel: deployment.upstreamModel,
    stream: call.stream,
    requestId: call.requestId,
    baseUrl: provider.baseUrl,
    apiKey: provider.apiKey,
  });
}

/**
 * How many tokens a call writes at most, over all its choices.
 *
 * @param unasked stands in where the call names no limit and its model's is higher
 */
export function outputCeiling(
  body: ChatBody,
  maxOutputTokens: number | undefined,
  unasked: number = DEFAULT_OUTPUT_TOKENS,
): number {
  const asked = positive(body.max_completion_tokens) ?? positive(body.max_tokens);
  const each = asked ?? Math.min(maxOutputTokens ?? unasked, unasked);
  return each * choicesOf(body);
}

/** How many answers in one a call asks for. */
export function choicesOf(body: ChatBody): number {
  return positive(body.n) ?? 1;
}

/** The first bits of the hash in a cache key, as many as a positive `bigint` has. */
function questionOf(key: string): string {
  return (BigInt(`0x${key.slice(key.lastIndexOf(':') + 1, key.lastIndexOf(':') + 17)}`) >> 1n).toString();
}

/** Copied member by member: V8 gives what is left of a destructuring a hidden class of its own, and thousands of those are dear. */
function withoutGatewayMembers(body: ChatBody): ChatBody {
  if (body.use_cache === undefined && body.cache === undefined) return body;
  const rest: Record<string, unknown> = {};
  for (const name of Object.keys(body)) if (name !== 'use_cache' && name !== 'cache') rest[name] = body[name];
  return rest as ChatBody;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
