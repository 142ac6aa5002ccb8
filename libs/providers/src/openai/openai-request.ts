import { isRecord, type JsonRecord } from '../json-record';
import type { UpstreamCall, UpstreamRequest } from '../translator';

/**
 * The caller's body with the upstream's model name. Streams always ask for usage, because every call is billed.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function toOpenAiRequest(call: UpstreamCall): UpstreamRequest {
  const { stream, apiKey, baseUrl } = call;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    // The bytes are relayed and cached as they come, so they must come plain.
    'accept-encoding': 'identity',
    'x-request-id': call.requestId,
  };
  if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`;
  return {
    method: 'POST',
    url: `${baseUrl.endsWith('/') ? baseUrl.slice(0, -1) : baseUrl}/chat/completions`,
    headers,
    body: JSON.stringify(upstreamBody(call)),
    dropped: [],
  };
}

/** Copied member by member: V8 gives the outcome of a spread a hidden class of its own, and thousands of those are dear. */
function upstreamBody({ body, stream, upstreamModel }: UpstreamCall): JsonRecord {
  const copy: JsonRecord = {};
  for (const name of Object.keys(body)) {
    if (name !== 'stream' && name !== 'stream_options') copy[name] = body[name];
  }
  copy.model = upstreamModel;
  if (!stream) return copy;
  copy.stream = true;
  copy.stream_options = Object.assign({}, isRecord(body.stream_options) ? body.stream_options : undefined, {
    include_usage: true,
  });
  return copy;
}
