import type { Endpoint } from './endpoint';
import type { Translator, UpstreamRequest } from './translator';

/** One vendor: which APIs it speaks, and how it takes a credential. */
export interface Provider {
  readonly id: string;
  /** The request with the vendor's credential; without one as it is. */
  authorise(request: UpstreamRequest, credential: string | undefined): UpstreamRequest;
  /** By the name of the endpoint. */
  readonly translators: Readonly<Record<string, Translator | undefined>>;
}

/** The chat completions API, over which the others can be bridged. */
export const CHAT_COMPLETIONS = 'chat.completions';

/** The vendor's own translator of an endpoint, else a bridge over its chat completions; undefined where it has neither. */
export function translatorFor(endpoint: Endpoint, { translators }: Provider): Translator | undefined {
  const own = translators[endpoint.name];
  const chat = translators[CHAT_COMPLETIONS];
  return own ?? (chat && endpoint.overChat?.(chat));
}
