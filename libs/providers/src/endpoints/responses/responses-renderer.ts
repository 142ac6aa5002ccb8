import type { ApiError, GatewayUsage, Renderer } from '../../endpoint';
import { isRecord, type JsonRecord, withEscapedLineEnds } from '../../json-record';
import { sseEvent } from '../../transport/sse-text';
import { withCached } from '../chat-completions/cached-flag';
import { withoutEcho } from '../../responses/echo';

/** Renders responses and their streams in the shape of OpenAI's Responses. */
export const responsesRenderer: Renderer = {
  json: (body, cached) => withCached(cached ? shared(body) : body, cached),
  chunk: ({ event, data }) => sseEvent(data, event),
  forCaller: (events) => events,
  end: (last, usage) => (last === undefined ? '' : lastEvent(last, usage)),
  errorBody: ({ status: _status, ...error }: ApiError) => ({ error }),
  // Of a stream in which no response began: others end in `response.failed`, which the decoder writes.
  error: ({ code, message, param }) =>
    sseEvent(JSON.stringify({ type: 'error', sequence_number: 0, code, message, param }), 'error'),
};

/** A response that another caller gets as well. */
function shared(body: Buffer): Buffer {
  const response: unknown = JSON.parse(body.toString());
  if (!isRecord(response)) return body;
  const plain = withoutEcho(response);
  return plain === response ? body : Buffer.from(JSON.stringify(plain));
}

/** The last event with the call's cost, which a stream cannot send in a header. */
function lastEvent(data: string, gateway: GatewayUsage): string {
  const event = JSON.parse(data) as { type: string; response?: { usage?: JsonRecord | null } };
  if (isRecord(event.response?.usage)) event.response.usage = { ...event.response.usage, gateway };
  return sseEvent(withEscapedLineEnds(JSON.stringify(event)), event.type);
}
