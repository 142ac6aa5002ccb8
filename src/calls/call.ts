import type { AbortSignalLike, Endpoint, EndpointRequest, JsonRecord, TokenUsage } from '@thriftgate/providers';
import type { ControlHeaders } from '../cache/controls/header-controls';
import type { Caller } from '../common/caller';
import type { PicoUsd } from '../common/money';
import type { Model } from '../models/model';
import type { FailedCosts } from './failed-costs';

/** `true`: a parameter that the vendor lacks is a 422, and not dropped. */
export const STRICT_HEADER = 'x-gateway-strict';

/** One call of a public API on its way through the gateway, from an application or from a line of a batch. */
export interface Call {
  /** A ULID; with the number of the attempt it is the key of the ledger's rows. */
  requestId: string;
  caller: Caller;
  /** The API that the call came by. */
  endpoint: Endpoint;
  /** What the endpoint read from the body. */
  request: EndpointRequest;
  /** The body as it came, the gateway's own members included. */
  body: JsonRecord;
  /** The request's headers, among which are those for the cache; undefined for a line of a batch. */
  headers: ControlHeaders | undefined;
  /** Names for reports: the `x-gateway-tags` header and the metadata. */
  tags: readonly string[];
  /** The line of a batch that this call is. */
  batch:
    | {
        batchId: string;
        customId: string;
        /** Milliseconds since 1970; undefined where no price depends on it. */ madeAtMs?: number | undefined;
      }
    | undefined;
  /** The ids of the only deployments that may answer: those with the tier that a line of a batch asks for. Undefined: all. */
  only?: ReadonlySet<string> | undefined;
  /** Set where a used-up budget replaced the model that the caller asked for. */
  downgrade?: { from: Model; budgetId: string };
  /** Set where the model that the caller asked for did not answer. */
  fallback?: { from: Model };
  /** The numbers of attempts that the call has used at other models; undefined for none. */
  attemptsBefore?: number;
  /** The limit of output tokens that administrators set for calls without one, as `request.maxOutputTokens` has it too. */
  defaultMaxTokens?: number | undefined;
  /** What the call's attempts without an answer have cost so far. */
  failedCosts: FailedCosts;
  /** Called when an upstream has charged for the call, or may have. */
  onCharged?: (() => void) | undefined;
  /** Called with the headers that are known when the call begins to wait for an upstream, or for an equal call. */
  onWaiting?: ((headers: Record<string, string>) => void) | undefined;
  /** Aborted when the client has disconnected. */
  signal: AbortSignalLike;
  /** Milliseconds since 1970. */
  startedAt: number;
}

export type CacheStatus = 'HIT' | 'COALESCED' | 'MISS' | 'BYPASS' | 'REFRESH';

/** What a call cost, failed attempts included, and what it would have cost at list price. */
export interface Settlement {
  cacheStatus: CacheStatus;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** A whole answer, with status 200. */
export interface JsonResponse {
  kind: 'json';
  headers: Record<string, string>;
  body: Buffer;
  /** Of the response; a cached one used these tokens when it was written. */
  usage: TokenUsage;
  settlement: Settlement;
}

/** A stream whose first content has come. The texts are events, ready to be written. */
export interface StreamResponse {
  kind: 'stream';
  headers: Record<string, string>;
  first: string;
  /** What follows. It must be read to its end or returned: returning it early ends the upstream call and settles it. */
  rest: TextStream;
}

/** Texts that are read one after the other. The value of the last step is the last text; it may be empty. */
export interface TextStream {
  next(): Promise<IteratorResult<string, string | void>>;
  return(): Promise<unknown>;
}

export type CallResponse = JsonResponse | StreamResponse;
