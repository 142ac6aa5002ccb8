import type { ChatBody, AbortSignalLike } from '@thriftgate/providers';
import type { ControlHeaders } from '../cache/controls/header-controls';
import type { Caller } from '../common/caller';
import type { PicoUsd } from '../common/money';
import type { Model } from '../models/model';

export const CHAT_ENDPOINT = '/v1/chat/completions';

/** One chat call on its way through the gateway, from an application or from a line of a batch. */
export interface Call {
  /** A ULID; with the number of the attempt it is the key of the ledger's rows. */
  requestId: string;
  caller: Caller;
  /** The request as it came, the gateway's own members included. */
  body: ChatBody;
  /** Whether the answer goes out as a stream. */
  stream: boolean;
  /** The request's headers, among which are those for the cache; undefined for a line of a batch. */
  headers: ControlHeaders | undefined;
  /** Names for reports: the `x-gateway-tags` header. */
  tags: readonly string[];
  /** Which line of which batch this is. */
  batch: { batchId: string; customId: string } | undefined;
  /** Set where a budget was used up and named this call's model in place of the one that was asked for. */
  downgrade?: { from: Model; budgetId: string };
  /** Set once an upstream may have charged for the call. */
  charged?: boolean;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignalLike;
  /** Milliseconds since 1970. */
  startedAt: number;
}

export type CacheStatus = 'HIT' | 'COALESCED' | 'MISS' | 'BYPASS' | 'REFRESH';

/** What a call cost, and what it would have cost at list price. */
export interface Settlement {
  cacheStatus: CacheStatus;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** A whole answer: 200 and OpenAI's body with `cached` in it. */
export interface JsonResponse {
  kind: 'json';
  headers: Record<string, string>;
  body: Buffer;
  settlement: Settlement;
}

/** A stream whose first content has come. The texts are events, ready to be written. */
export interface StreamResponse {
  kind: 'stream';
  headers: Record<string, string>;
  first: string;
  /** What follows. Ending it early gives the upstream call up and settles what was used; it must be ended in any case. */
  rest: AsyncGenerator<string | Buffer, void, undefined>;
}

export type CallResponse = JsonResponse | StreamResponse;
