import type { JsonRecord } from './json-record';
import type { StreamChunk, Translator } from './translator';

/** The facts of a request that the pipeline reads, the same for every API. */
export interface EndpointRequest {
  /** The model's name, as the caller sent it. */
  readonly model: string;
  readonly stream: boolean;
  /** The number of choices that the caller requests. */
  readonly choices: number;
  /** The request's own limit on the output of each choice, in tokens. */
  readonly maxOutputTokens: number | undefined;
  /** The caller's `metadata`, unchecked; reports use it as tags. */
  readonly metadata: unknown;
  /** Whether the caller requests the usage of a stream. */
  readonly wantsUsage: boolean;
  /** The service tier that the caller requests. Calls of different tiers are not coalesced. */
  readonly serviceTier: string | undefined;
  /** Whether the response must be one call of one function: the usual way to structured output. */
  readonly forcesTool: boolean;
  /** Other models that this one may ask; undefined for none. */
  readonly advisors?: readonly Advisor[];
  /** A member whose cost no price of tokens covers, as `web_search_options`; undefined without one. */
  readonly unpricedMember: string | undefined;
}

/** A model that the requested one may ask for advice, in passes that are charged at the advisor's own price. */
export interface Advisor {
  /** The vendor's name of the model. */
  readonly model: string;
  /** The most passes of a call. */
  readonly maxUses: number;
  /** The most tokens that one pass writes; undefined: as many as the model writes. */
  readonly maxOutputTokens: number | undefined;
}

/** A file whose bytes are in a request. */
export interface AttachedFile {
  bytes: number;
  /** Counts the pages of a PDF; undefined for other files. */
  pages?: () => number;
}

/** Pictures, sounds and files of a request. */
export interface Attachments {
  count: number;
  /** The length of their bytes and addresses in the request. */
  bytes: number;
  /** Those that are files whose bytes are in the request; the length of others is unknown. */
  files: AttachedFile[];
}

/** The content of a request, for estimates of its tokens. */
export interface RequestContent {
  /** Every text that the model gets: messages, tools, schemas. */
  readonly texts: string[];
  readonly attachments: Attachments;
  /** Tokens that the caller has counted itself: of inputs that are tokens, and no texts. */
  tokens?: number;
  /** Whether the texts are no messages, which have some tokens besides their text. */
  isPlain?: boolean;
}

/** The cost of a call, for the last event of a stream. Money is a decimal string in US dollars. */
export interface GatewayUsage {
  cost_usd: string;
  saved_usd: string;
  cache_status: string;
}

/** An error, before an endpoint renders it in its API's shape. */
export interface ApiError {
  /** HTTP status. */
  status: number;
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

/** Writes responses in an API's shape. Events are texts that are ready to send. */
export interface Renderer {
  /** A response with the flag `cached`. The result does not share memory with other buffers. */
  json(body: Buffer, cached: boolean): Buffer;
  /** An event of a stream, the same for all its readers. */
  chunk(chunk: Pick<StreamChunk, 'event' | 'data'>): string;
  /** Events of {@link chunk} without the members that this caller has not requested. */
  forCaller(events: string, request: EndpointRequest): string;
  /**
   * The last events of a complete stream.
   *
   * @param usageChunk the data of the upstream's usage chunk; undefined where the upstream sent none or the caller requests none
   */
  end(usageChunk: string | undefined, usage: GatewayUsage): string;
  /** The body of an error response. @param requestId the id of the request, which some APIs repeat */
  errorBody(error: ApiError, requestId: string): object;
  /** The last event of a stream that broke off. */
  error(error: ApiError): string;
}

export interface ReplayOptions {
  /** Whether the caller requests usage. */
  includeUsage: boolean;
  /** The largest length of a piece of text, in UTF-16 units; by default it depends on the length of the whole text. */
  pieceLength?: number | undefined;
}

/** One event of a replayed response. */
export interface ReplayChunk {
  kind: 'content' | 'usage';
  /** The event's name, in APIs whose events have one. */
  event?: string | undefined;
  data: string;
  /** The length of its text, in UTF-16 units. */
  textLength: number;
}

/** A stored response as a stream. */
export interface Replay {
  /** The length of the whole text, in UTF-16 units. */
  readonly textLength: number;
  /** Whether the response contains reasoning. */
  readonly showsReasoning: boolean;
  /** The events in order, without the end mark, generated lazily. */
  chunks(options: ReplayOptions): Iterable<ReplayChunk>;
}

/** Names of members without effect: of an object, and of those inside its members, in their arrays too. */
export interface WithoutEffect {
  readonly names: ReadonlySet<string>;
  readonly inside?: Readonly<Record<string, WithoutEffect>>;
}

/** What a response of several inputs says beside its elements. */
export interface PartsFacts {
  /** The model's name for applications. */
  model: string;
  /** Of all inputs, one that is sent twice counted twice. */
  inputTokens: number;
  /** Whether all of it came from the cache. */
  cached: boolean;
}

/**
 * Requests of several inputs, each of which has an answer of its own: it is stored by itself, and found whichever other
 * inputs it comes with. Responses of translators are {@link gather}ed parts.
 */
export interface RequestParts {
  /** The header that says how many of the inputs came from the cache. */
  readonly cachedHeader: string;
  /** Each input as a request of its own, in order. */
  split(body: JsonRecord): JsonRecord[];
  /** One request of several such requests. */
  join(parts: readonly JsonRecord[]): JsonRecord;
  /** About the tokens of a part, rather too many than too few; at least 1. */
  weight(part: JsonRecord): number;
  /** The parts of a response, as they are stored. */
  divide(reply: Buffer): Buffer[];
  /** The response that has these parts. */
  gather(stored: readonly Buffer[]): Buffer;
  /** A part as the caller gets it. @param body the whole request */
  element(stored: Buffer, index: number, body: JsonRecord): string;
  /** The whole response as the caller gets it. */
  assemble(elements: readonly string[], facts: PartsFacts): Buffer;
}

/** A public API as the pipeline knows it. Pure: no network, no clock, no randomness. */
export interface Endpoint {
  readonly name: string;
  /** For example `/v1/chat/completions`. */
  readonly path: string;
  /** What the models are for that serve it, in the words of the catalogue. */
  readonly modes: readonly string[];
  /** How many members and elements a body may have, where that is more than usual. */
  readonly maxValues?: number;
  /** How many alternatives to each token of the answer a request asks for; undefined where it asks for no probabilities. */
  readonly alternatives?: (body: JsonRecord) => number | undefined;
  /** Of APIs whose requests have independent inputs; undefined for all others. */
  readonly parts?: RequestParts;
  /** Members of the body that do not change the response and are no part of the cache key. */
  readonly withoutEffect: WithoutEffect;
  /** Headers that change the response and are a part of the cache key, in lower case; undefined for none. */
  readonly keyHeaders?: readonly string[];
  /** @throws InvalidRequestError that names the member */
  read(body: unknown): { body: JsonRecord; request: EndpointRequest };
  /** The body with another model's name. */
  withModel(body: JsonRecord, model: string): JsonRecord;
  content(body: JsonRecord): RequestContent;
  /**
   * The beginning that all turns of a conversation have: tools, system and the first message of the user, of each some thousand
   * characters. Undefined where the request is shorter than what vendors cache.
   *
   * @param leastTokens the shortest prompt that the model's vendor caches; undefined where it is unknown
   */
  prefix?(body: JsonRecord, leastTokens?: number): string | undefined;
  /** All text that the model wrote in a response, for token counts. */
  written(reply: Buffer): string;
  /** The first tool call of each earlier turn of the assistant, by its id; the newest last. */
  turnIds(body: JsonRecord): string[];
  /** A response as it may be stored: without what is bound to the credential that it was asked with. */
  withoutSignatures(reply: Buffer): Buffer;
  readonly render: Renderer;
  /** @throws SyntaxError when the stored bytes are no response of this API */
  replay(reply: Buffer): Replay;
  /** The translator of this API for a vendor that supports chat completions only. */
  overChat?(chat: Translator): Translator;
}

/** A request that an endpoint rejects. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';

  /** @param param the invalid member; null where the whole body is invalid */
  constructor(
    message: string,
    readonly param: string | null,
  ) {
    super(message);
  }
}
