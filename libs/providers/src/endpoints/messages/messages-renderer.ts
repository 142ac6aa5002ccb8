import type { ApiError, GatewayUsage, Renderer } from '../../endpoint';
import { sseEvent } from '../../transport/sse-text';

const STOP = sseEvent('{"type":"message_stop"}', 'message_stop');

/** @see https://platform.claude.com/docs/en/api/errors */
const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
const OTHER_ERROR = 'api_error';

/** Renders messages and their streams in Anthropic's shape. */
export const messagesRenderer: Renderer = {
  json: ownBytes,
  chunk: ({ event, data }) => sseEvent(data, event),
  forCaller: (events) => events,
  end: (delta, usage) =>
    delta === undefined ? STOP : sseEvent(withGatewayUsage(delta, usage), 'message_delta') + STOP,
  errorBody: (error, requestId) => ({ ...errorOf(error), request_id: requestId }),
  error: (error) => sseEvent(JSON.stringify(errorOf(error)), 'error'),
};

/** The cache may hold the bytes for long: they must not keep a pool of Node's in memory. */
function ownBytes(body: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return own;
}

/** The members of OpenAI's errors that say something stand beside those of Anthropic's. */
function errorOf({ status, type: _type, message, param, ...rest }: ApiError): { type: 'error'; error: object } {
  const type = ERROR_TYPES[status] ?? OTHER_ERROR;
  return { type: 'error', error: { type, message, ...(param !== null && { param }), ...rest } };
}

/** The last `message_delta` with the call's cost, which a stream cannot send in a header. */
function withGatewayUsage(data: string, gateway: GatewayUsage): string {
  const event = JSON.parse(data) as { usage?: Record<string, unknown> };
  event.usage = { ...event.usage, gateway };
  return JSON.stringify(event);
}
