import type { ApiError, GatewayUsage, Renderer } from '../../endpoint';
import { sseEvent } from '../../transport/sse-text';
import { withCached } from './cached-flag';

const DONE_EVENT = 'data: [DONE]\n\n';

/** OpenAI puts it into every chunk of a stream that was asked for usage. Within a text its quotes would be escaped. */
const NO_USAGE_YET = /,\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,/g;

/** OpenAI's shape of a chat completion and of its stream. */
export const chatRenderer: Renderer = {
  json: withCached,
  chunk: ({ data }) => sseEvent(data),
  // All upstreams are asked for usage, to bill the call.
  forCaller: (events, { wantsUsage }) => (wantsUsage ? events : withoutUsage(events)),
  end: (usageChunk, usage) =>
    usageChunk === undefined ? DONE_EVENT : sseEvent(withGatewayUsage(usageChunk, usage)) + DONE_EVENT,
  error: (error: ApiError) => sseEvent(JSON.stringify({ error })),
};

function withoutUsage(events: string): string {
  return events.includes('"usage"') ? events.replace(NO_USAGE_YET, '') : events;
}

/** The usage chunk with what the call cost: a stream has no header for that. */
function withGatewayUsage(data: string, gateway: GatewayUsage): string {
  const chunk = JSON.parse(data) as { usage?: Record<string, unknown> };
  chunk.usage = { ...chunk.usage, gateway };
  return JSON.stringify(chunk);
}
