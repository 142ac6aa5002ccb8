import type { JsonRecord } from './json-record';

/**
 * How the gateway speaks to an upstream in one API. A translator turns a request of a public API into a vendor's request and
 * the vendor's answer back. It is pure: no network, no clock, no randomness.
 */

/** One attempt of a call at one deployment. */
export interface UpstreamCall {
  /** The caller's body without the members that are only the gateway's. A translator never changes it. */
  body: JsonRecord;
  /** The name by which the vendor knows the model. */
  upstreamModel: string;
  stream: boolean;
  /** Sent upstream as `x-request-id`, so that the vendor's log can be joined with the ledger. */
  requestId: string;
  baseUrl: string;
}

/** An HTTP request that is ready to be written, but for the credential. */
export interface UpstreamRequest {
  method: 'POST';
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Members of the caller's body that this vendor cannot take, reported and never hidden. */
  dropped: string[];
}

/** Token counts, normalised: `cachedInputTokens` and `cacheWriteTokens` are parts of `inputTokens`, `reasoningTokens` of `outputTokens`. */
export interface TokenUsage {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** Input that the vendor wrote into its prompt cache; few tell it. */
  cacheWriteTokens?: number;
}

/** What the gateway needs to know of an answer, to bill it and to decide whether it may be cached. */
export interface AnswerFacts {
  /** The upstream's own name of the model version that answered. */
  upstreamModel: string | undefined;
  systemFingerprint: string | undefined;
  /** One per choice; null where a choice did not say why it ended. */
  finishReasons: (string | null)[];
  hasToolCalls: boolean;
  refused: boolean;
  /** Whether an error is told in or beside the choices of an answer that looks like a good one. */
  failed: boolean;
  /** Whether a choice says nothing at all, its reasoning aside. */
  empty: boolean;
  usage: TokenUsage | undefined;
}

/** A whole answer in the endpoint's shape: the bytes to send on, untouched where the vendor speaks that shape already. */
export interface Reply {
  body: Buffer;
  facts: AnswerFacts;
}

/** One server-sent event as read from the upstream. */
export interface SseEvent {
  event: string | undefined;
  data: string;
}

/**
 * One event of a stream in the endpoint's shape. `lifecycle` carries no content yet (a role), `content` does (text, tool
 * call, finish reason), `usage` is the last chunk with counts and no content, `error` is an error inside a stream, `done` is
 * the vendor's end mark.
 */
export interface StreamChunk {
  kind: 'lifecycle' | 'content' | 'usage' | 'error' | 'done';
  /** The event's name, in APIs whose events have one. */
  event?: string | undefined;
  /** The JSON text of the event's data; of `done` whatever the vendor ends with. */
  data: string;
}

/** Turns one upstream stream into chunks, and assembles the answer as it comes, to bill and cache it. One per stream. */
export interface StreamDecoder {
  push(event: SseEvent): StreamChunk[];
  /** True once the vendor's own end mark was read; a stream that ends without it was cut. */
  readonly ended: boolean;
  /** The model version that the stream names, once a chunk did. */
  readonly upstreamModel: string | undefined;
  /** Why the answer ended, once the stream has told it for a choice. */
  readonly finished: boolean;
  /** The answer assembled from what was pushed so far, as the non-streaming call would have given it. */
  assemble(): Reply;
}

/** An answer that was not 2xx, an error inside a stream, or a failure of the transport. */
export interface UpstreamFailure {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** The gateway's reading of a vendor's error. */
export interface ProviderError {
  /** HTTP status for the caller. */
  status: number;
  type: string;
  code: string | null;
  param: string | null;
  message: string;
  /** Whether the same request may succeed at once here or elsewhere. */
  retryable: boolean;
  retryAfterMs: number | undefined;
}

/** One public API at one vendor. */
export interface Translator {
  toRequest(call: UpstreamCall): UpstreamRequest;
  /** @throws SyntaxError when the body is not the JSON that the vendor promises. */
  fromReply(body: Buffer): Reply;
  openStream(): StreamDecoder;
  toError(failure: UpstreamFailure): ProviderError;
}
