import { stringifyExact } from '../exact-json';
import { isRecord, type JsonRecord } from '../json-record';
import type { UpstreamCall, UpstreamRequest } from '../translator';

/** OpenAI's reasoning models refuse the older `max_tokens`; most other vendors know only that. */
export type OutputLimitMember = 'max_completion_tokens' | 'max_tokens';

/**
 * The caller's body with the upstream's model name. Streams always request usage, because every call is billed.
 *
 * @param limitMember the member by which this vendor takes a limit of output tokens
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function toChatRequest(call: UpstreamCall, limitMember: OutputLimitMember): UpstreamRequest {
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
    body: stringifyExact(upstreamBody(call, limitMember)),
    dropped: [],
  };
}

/** A path under a base URL, before the query that Azure's base URLs have. */
export function pathUnder(baseUrl: string, path: string): string {
  const [base = '', query] = baseUrl.split(/\?(.*)/s);
  return (base.endsWith('/') ? base.slice(0, -1) : base) + path + (query === undefined ? '' : `?${query}`);
}

function upstreamBody(call: UpstreamCall, limitMember: OutputLimitMember): JsonRecord {
  const { stream, upstreamModel, defaultMaxTokens: limit } = call;
  const body = limit === undefined ? call.body : { ...call.body, [limitMember]: limit };
  // JSON leaves out what is undefined.
  if (!stream) return { ...body, model: upstreamModel, stream: undefined, stream_options: undefined };
  const asked = body.stream_options;
  const options = isRecord(asked) ? { ...asked, include_usage: true } : { include_usage: true };
  return { ...body, model: upstreamModel, stream: true, stream_options: options };
}
