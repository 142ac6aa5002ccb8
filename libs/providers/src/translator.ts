import type { JsonBody } from './exact-json';
import type { JsonRecord } from './json-record';

/**
 * The interface between a public API and a vendor's API. A translator converts a request of a public API to a vendor's request,
 * and the vendor's response back. It is pure: no network, no clock, no randomness.
 */

/** One attempt of a call at one deployment. */
export interface UpstreamCall {
  /** The caller's body without the gateway's own members. A translator never changes it. */
  body: JsonRecord;
  /** The vendor's name for the model. */
  upstreamModel: string;
  stream: boolean;
  /** Whether it is a line of the vendor's batch, which has no streams; undefined for a live call. */
  deferred?: boolean | undefined;
  /** The limit of output tokens that the gateway sets for a call without one; undefined sets none. */
  defaultMaxTokens?: number | undefined;
  /** The same for the calls of one conversation, for vendors that steer calls to their prompt cache by a key; undefined sets none. */
  promptCacheKey?: string | undefined;
  /** Sent upstream as `x-request-id`, to join the vendor's log with the ledger. */
  requestId: string;
  baseUrl: string;
  /** The most tokens that the model writes; undefined where it is unknown. For vendors whose API requires a limit. */
  maxOutputTokens?: number | undefined;
  /** Whether the model writes reasoning; undefined where it is unknown. */
  reasons?: boolean | undefined;
  /** The caller's headers, for APIs that pass some of them on; undefined for none. */
  headers?: Readonly<Record<string, string | string[] | undefined>> | undefined;
  /** Whether this upstream has refused `stream_options`; usage is then estimated unless it comes unasked. */
  withoutStreamOptions?: boolean | undefined;
  /** Whether this upstream has refused the reasoning of earlier turns: it is then left out. */
  withoutReasoning?: boolean | undefined;
  /** Earlier turns of the conversation as this vendor wrote them, by the ids of their tool calls. */
  turns?: ReadonlyMap<string, VendorTurn> | undefined;
}

/**
 * An assistant's turn in the vendor's own shape. Clients drop members that they do not know, and some vendors refuse a
 * conversation whose turns lack their reasoning and its signatures.
 */
export interface VendorTurn {
  /** The shape, for example `anthropic-claude-v1`. */
  format: string;
  /** JSON. */
  content: unknown;
}

/** A body that is sent as it is produced; its length must be known before. */
export interface StreamedBody extends AsyncIterable<Buffer> {
  /** In bytes. */
  readonly byteLength: number;
}

/** An HTTP request, complete except for the credential. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body: JsonBody | StreamedBody | undefined;
}

/** The request of a call. */
export interface UpstreamRequest extends HttpRequest {
  method: 'POST';
  body: JsonBody;
  /** Members of the caller's body that this vendor does not support; the gateway reports them. */
  dropped: string[];
}

/** Token counts, normalised: `cachedInputTokens` and `cacheWriteTokens` are parts of `inputTokens`, `reasoningTokens` of `outputTokens`. */
export interface TokenUsage {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** Input that the vendor wrote into its prompt cache; few vendors report it. */
  cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` that the vendor keeps for an hour or longer, at a higher price. */
  longCacheWriteTokens?: number;
  /** The part of `inputTokens` that is sound, at a price of its own. */
  audioInputTokens?: number;
  /** The part of `audioInputTokens` that the vendor read from its prompt cache. */
  cachedAudioTokens?: number;
  /** The part of `outputTokens` that is sound. */
  audioOutputTokens?: number;
  /** What other models did for this call, outside the counts above; each is charged at its own model's price. */
  otherModels?: readonly ModelUsage[];
  /** The service tier in which the vendor served the call; the standard one is left out. */
  serviceTier?: string;
}

/** The tokens of one model. */
export interface ModelUsage {
  /** The vendor's name of the model. */
  model: string;
  usage: TokenUsage;
}

/** The facts of a response that billing and caching need. */
export interface AnswerFacts {
  /** The upstream's name of the model version that wrote the response. */
  upstreamModel: string | undefined;
  systemFingerprint: string | undefined;
  /** The service tier in which the vendor served the call: it decides the price, not the tier that was requested. */
  serviceTier: string | undefined;
  /** One per choice; null where a choice has no finish reason. */
  finishReasons: (string | null)[];
  hasToolCalls: boolean;
  refused: boolean;
  /** Whether a successful response contains an error in or beside its choices. */
  failed: boolean;
  /** Whether a choice has no content besides its reasoning. */
  empty: boolean;
  usage: TokenUsage | undefined;
}

/** A complete response in the endpoint's shape. The bytes are the upstream's own where the vendor supports that shape. */
export interface Reply {
  body: Buffer;
  facts: AnswerFacts;
  /** The turn in the vendor's own shape, where a later request needs it again; found by the ids of its tool calls. */
  turn?: { toolCallIds: string[]; turn: VendorTurn } | undefined;
}

/**
 * What a body with status 200 is: a response, the text of an error in place of one, or bytes that are neither. An error and an
 * unreadable body may still name the usage that the vendor charges.
 */
export type ReadReply =
  | { kind: 'response'; reply: Reply }
  | { kind: 'error'; text: string; usage?: TokenUsage | undefined }
  | { kind: 'unreadable'; usage: TokenUsage | undefined };

/** One server-sent event of an upstream. */
export interface SseEvent {
  event: string | undefined;
  data: string;
}

/**
 * One event of a stream in the endpoint's shape. `lifecycle` comes before content (a role), `content` is text, a tool call
 * or a finish reason, `usage` is the last chunk with counts and no content, `error` is an error inside a stream, `done` is the
 * vendor's end mark.
 */
export interface StreamChunk {
  kind: 'lifecycle' | 'content' | 'usage' | 'error' | 'done';
  /** The event's name, in APIs whose events have one. */
  event?: string | undefined;
  /** The event's data as JSON text; for `done` the vendor's end mark. */
  data: string;
  /** The text of a chunk of chat completions that has nothing else, so that a bridge need not parse its data. */
  text?: string | undefined;
}

/** Converts one upstream stream to chunks and assembles the response for billing and caching. One per stream. */
export interface StreamDecoder {
  push(event: SseEvent): StreamChunk[];
  /** Whether the vendor's end mark was read. A stream that ends without it is incomplete. */
  readonly ended: boolean;
  /** The model version that the stream names; undefined before the first chunk with one. */
  readonly upstreamModel: string | undefined;
  /** Whether every choice has a finish reason: a stream that then ends without the end mark is complete. */
  readonly finished: boolean;
  /** The response from all events so far, in the shape of the same call without streaming. */
  assemble(): Reply;
  /**
   * The last events of a stream that has no end mark of the vendor, in APIs that end it with events of their own: a complete
   * one, or with an error one that breaks off after content.
   */
  close?(error?: Pick<ProviderError, 'code' | 'message'>): StreamChunk[];
}

/** A response that is not 2xx, an error inside a stream, or a failure of the transport (status 0). */
export interface UpstreamFailure {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** When the headers came, in milliseconds since 1970: `Retry-After` may be a date. */
  receivedAt?: number;
}

/** A vendor's error, converted for the caller. */
export interface ProviderError {
  /** HTTP status for the caller. */
  status: number;
  type: string;
  code: string | null;
  param: string | null;
  message: string;
  /** Whether another attempt of the same request may succeed at this deployment. */
  retryable: boolean;
  /** Whether an attempt at another deployment may succeed: also without credit or without the model at this one. */
  elsewhere: boolean;
  retryAfterMs: number | undefined;
}

/** A member that this vendor cannot take and without which the answer would be another one. */
export class UnsupportedMemberError extends Error {
  override readonly name = 'UnsupportedMemberError';

  /**
   * @param param the member, for example `tools[2].type`
   * @param status 400 where the API of the caller has this status for it
   */
  constructor(
    message: string,
    readonly param: string,
    readonly status: 400 | 422 = 422,
  ) {
    super(message);
  }
}

/** How much of a request with several inputs a vendor takes at once. */
export interface PartLimits {
  /** The most inputs. */
  readonly parts: number;
  /** The most tokens of all inputs together; undefined where the vendor names no limit. */
  readonly tokens?: number;
}

/** One public API at one vendor. Responses are read with the call that they answer. */
export interface Translator {
  /** Whether a model needs the vendor's own turns back, with their reasoning, see {@link VendorTurn}. */
  readonly keepsTurns?: ((upstreamModel: string) => boolean) | undefined;
  /** For APIs whose requests have several inputs: longer requests are sent as several. */
  partLimits?(upstreamModel: string): PartLimits;
  /**
   * @throws InvalidRequestError where the body cannot be translated because it is wrong
   * @throws UnsupportedMemberError where the vendor lacks what the body asks for
   */
  toRequest(call: UpstreamCall): UpstreamRequest;
  /** Decides what a body with status 200 is. */
  fromReply(body: Buffer, call: UpstreamCall): ReadReply;
  openStream(call: UpstreamCall): StreamDecoder;
  toError(failure: UpstreamFailure): ProviderError;
  /** The request by which the vendor counts the input of a call; undefined where it has none. */
  countRequest?(call: UpstreamCall): UpstreamRequest;
  /** The count in the vendor's response; undefined where there is none. */
  readCount?(body: Buffer): number | undefined;
  /** The call to send once more in place of one that the upstream refused, without a charge; undefined where none helps. */
  amend?: ((call: UpstreamCall, failure: UpstreamFailure) => UpstreamCall | undefined) | undefined;
}
