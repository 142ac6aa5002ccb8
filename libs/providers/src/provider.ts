import type { BatchApi } from './batch-api';
import type { Endpoint } from './endpoint';
import type { FlexTier } from './flex-tier';
import type { HttpRequest, Translator } from './translator';

/** One vendor: the APIs that it supports, and how a request carries its credential. */
export interface Provider {
  readonly id: string;
  /** The request with the credential; unchanged without one. */
  authorise<Request extends HttpRequest>(request: Request, credential: string | undefined): Request;
  /** The request for the list of the vendor's models, which costs nothing, without the credential; undefined where it has none. */
  readonly models?: ((baseUrl: string) => HttpRequest) | undefined;
  /** By the name of the endpoint. */
  readonly translators: Readonly<Record<string, Translator | undefined>>;
  /** Undefined where the vendor sells no batches. */
  readonly batches?: BatchApi | undefined;
  /** Undefined where the vendor has no such tier. */
  readonly flex?: FlexTier | undefined;
}

/** A request that reads. @param headers besides those of every one */
export function getRequest(url: string, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  const all = { accept: 'application/json', 'accept-encoding': 'identity', ...headers };
  return { method: 'GET', url, headers: all, body: undefined };
}

/** The name of the chat completions endpoint, over which other endpoints can be bridged. */
export const CHAT_COMPLETIONS = 'chat.completions';

/** The name of the endpoint of OpenAI's Responses. */
export const RESPONSES = 'responses';

/** The name of the embeddings endpoint. */
export const EMBEDDINGS = 'embeddings';

/** The vendor's translator of an endpoint, else a bridge over its chat completions; undefined where it has neither. */
export function translatorFor(endpoint: Endpoint, { translators }: Provider): Translator | undefined {
  const own = translators[endpoint.name];
  const chat = translators[CHAT_COMPLETIONS];
  return own ?? (chat && endpoint.overChat?.(chat));
}
