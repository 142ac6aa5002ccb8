import type { ApiError, GatewayUsage, Renderer } from '../../endpoint';
import { sseEvent } from '../../transport/sse-text';
import { withCached } from './cached-flag';

const DONE_EVENT = 'data: [DONE]\n\n';

/** OpenAI sends it in every chunk of a stream with `include_usage`. Inside a text its quotes would be escaped. */
const NO_USAGE_YET = /,\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,/g;

/** Renders chat completions and their streams in OpenAI's shape. */
export const chatRenderer: Renderer = {
  json: withCached,
  chunk: ({ data }) => sseEvent(data),
  // Requests to upstreams always include_usage, to bill the call.
  forCaller: (events, { wantsUsage }) => (wantsUsage ? events : withoutUsage(events)),
  end: (usageChunk, usage) =>
    usageChunk === undefined ? DONE_EVENT : sseEvent(withGatewayUsage(usageChunk, usage)) + DONE_EVENT,
  errorBody,
  error: (error: ApiError) => sseEvent(JSON.stringify(errorBody(error))),
};

/** OpenAI's shape. @see https://platform.openai.com/docs/guides/error-codes */
function errorBody({ status: _status, ...error }: ApiError): object {
  return { error };
}

function withoutUsage(events: string): string {
  return events.includes('"usage"') ? events.replace(NO_USAGE_YET, '') : events;
}

/** The usage chunk with the call's cost, which a stream cannot send in a header. */
function withGatewayUsage(data: string, gateway: GatewayUsage): string {
  const chunk = JSON.parse(data) as { usage?: Record<string, unknown> };
  chunk.usage = { ...chunk.usage, gateway };
  return JSON.stringify(chunk);
}
