import { stringifyExact } from '../exact-json';
import { isRecord, type JsonRecord } from '../json-record';
import type { UpstreamCall, UpstreamRequest } from '../translator';

export interface ChatRequestOptions {
  /** The member by which this vendor takes the limit of output tokens that the gateway sets. */
  limitMember: 'max_completion_tokens' | 'max_tokens';
  /** Whether streams have their usage unasked, and the vendor refuses `stream_options`. */
  usageUnasked?: boolean;
}

/**
 * The caller's body with the upstream's model name. Streams always request usage, because every call is billed.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function toChatRequest(call: UpstreamCall, options: ChatRequestOptions): UpstreamRequest {
  const { stream, baseUrl } = call;
  return {
    method: 'POST',
    url: pathUnder(baseUrl, '/chat/completions'),
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      // The bytes are relayed and cached unchanged, so they must not be compressed.
      'accept-encoding': 'identity',
      'x-request-id': call.requestId,
    },
    body: stringifyExact(upstreamBody(call, options)),
    dropped: [],
  };
}

/**
 * The call with the key by which the vendor steers the turns of a conversation to its prompt cache, where the caller has set
 * none.
 *
 * @see https://platform.openai.com/docs/guides/prompt-caching
 */
export function withPromptCacheKey(call: UpstreamCall): UpstreamCall {
  const { body, promptCacheKey: key } = call;
  if (key === undefined || (body.prompt_cache_key ?? null) !== null) return call;
  return { ...call, body: { ...body, prompt_cache_key: key } };
}

/** A path under a base URL, before the query that Azure's base URLs have. */
export function pathUnder(baseUrl: string, path: string): string {
  const [base = '', query] = baseUrl.split(/\?(.*)/s);
  return (base.endsWith('/') ? base.slice(0, -1) : base) + path + (query === undefined ? '' : `?${query}`);
}

function upstreamBody(call: UpstreamCall, { limitMember, usageUnasked }: ChatRequestOptions): JsonRecord {
  const { stream, upstreamModel, defaultMaxTokens: limit } = call;
  const body = limit === undefined ? call.body : { ...call.body, [limitMember]: limit };
  // JSON leaves out what is undefined.
  if (!stream) return { ...body, model: upstreamModel, stream: undefined, stream_options: undefined };
  if (usageUnasked) return { ...body, model: upstreamModel, stream: true, stream_options: undefined };
  const asked = body.stream_options;
  const options = isRecord(asked) ? { ...asked, include_usage: true } : { include_usage: true };
  return { ...body, model: upstreamModel, stream: true, stream_options: options };
}
