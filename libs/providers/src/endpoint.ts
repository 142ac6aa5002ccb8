import type { JsonRecord } from './json-record';
import type { StreamChunk, Translator } from './translator';

/** What the pipeline needs to know of a request, whatever API it came by. */
export interface EndpointRequest {
  /** The name of the model that the caller asks for. */
  readonly model: string;
  readonly stream: boolean;
  /** How many answers in one the caller asks for. */
  readonly choices: number;
  /** The request's own limit on the output of each choice, in tokens. */
  readonly maxOutputTokens: number | undefined;
  /** The caller's names for reports, as they came. */
  readonly metadata: unknown;
  /** Whether the caller wants the usage of a stream. */
  readonly wantsUsage: boolean;
  /** The service tier that the caller asks for: an answer of another tier is no substitute while it is under way. */
  readonly serviceTier: string | undefined;
}

/** What a request sends to the model, for estimates of its tokens. */
export interface RequestContent {
  /** Every text that the model reads: messages, tools, schemas. */
  texts: string[];
  /** Pictures, sounds and files. */
  attachments: { count: number; bytes: number };
}

/** What a call cost, as the last event of a stream says it. Money is a decimal string in US dollars. */
export interface GatewayUsage {
  cost_usd: string;
  saved_usd: string;
  cache_status: string;
}

/** An error as every API of the gateway knows it. */
export interface ApiError {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

/** Writes answers in an API's own shape. Events are texts that are ready to be sent. */
export interface Renderer {
  /** A whole answer that says whether it comes from the cache. The bytes own their memory. */
  json(body: Buffer, cached: boolean): Buffer;
  /** An event of a stream, the same for all who read it. */
  chunk(chunk: Pick<StreamChunk, 'event' | 'data'>): string;
  /** Events of {@link chunk} without what this caller has not asked for. */
  forCaller(events: string, request: EndpointRequest): string;
  /**
   * The last events of a stream that ended well.
   *
   * @param usageChunk the data of the upstream's usage chunk; undefined where it sent none or the caller wants none
   */
  end(usageChunk: string | undefined, usage: GatewayUsage): string;
  /** The last event of a stream that broke off. */
  error(error: ApiError): string;
}

export interface ReplayOptions {
  /** Whether the caller asked for usage. */
  includeUsage: boolean;
  /** How long a piece of text is at most, in UTF-16 units; without it as suits the length of the whole. */
  pieceLength?: number | undefined;
}

/** One event of a replayed answer. */
export interface ReplayChunk {
  kind: 'content' | 'usage';
  data: string;
  /** How much text it brings, in UTF-16 units. */
  textLength: number;
}

/** A stored answer as the stream that would have brought it. */
export interface Replay {
  /** How much text there is in all, in UTF-16 units. */
  readonly textLength: number;
  /** Whether the answer shows its reasoning. */
  readonly showsReasoning: boolean;
  /** The events in order, without the end mark. They are made as they are taken. */
  chunks(options: ReplayOptions): Iterable<ReplayChunk>;
}

/** A public API as the pipeline knows it. Pure: no network, no clock, no randomness. */
export interface Endpoint {
  readonly name: string;
  /** As `/v1/chat/completions`. */
  readonly path: string;
  /** Members of the body that cannot change the answer, and so are no part of the cache key. */
  readonly withoutEffect: ReadonlySet<string>;
  /** @throws InvalidRequestError that names the member */
  read(body: unknown): { body: JsonRecord; request: EndpointRequest };
  /** The same body for another model. */
  withModel(body: JsonRecord, model: string): JsonRecord;
  content(body: JsonRecord): RequestContent;
  /** All that the model wrote in an answer, to be counted. */
  written(reply: Buffer): string;
  readonly render: Renderer;
  /** @throws SyntaxError when the stored bytes are no answer */
  replay(reply: Buffer): Replay;
  /** The translator of this API for a vendor that speaks chat completions only. */
  overChat?(chat: Translator): Translator;
}

/** A request that an endpoint cannot take. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';

  /** @param param the member that is wrong; null where it is the whole body */
  constructor(
    message: string,
    readonly param: string | null,
  ) {
    super(message);
  }
}
