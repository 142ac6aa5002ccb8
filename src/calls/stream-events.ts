import type { ChatBody } from '@thriftgate/providers';
import type { GatewayError } from '../common/errors';
import { formatUsd } from '../common/money';
import type { Settlement } from './call';

export const DONE_EVENT = 'data: [DONE]\n\n';

/** OpenAI puts it into every chunk of a stream that was asked for usage. Within a text its quotes would be escaped. */
const NO_USAGE_YET = /,\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,/g;

/** An event on one line, though its JSON came on several: not all clients put them together. */
export function sseEvent(data: string): string {
  return `data: ${data.includes('\n') ? data.replaceAll('\n', ' ') : data}\n\n`;
}

/** Events of a stream that was asked for usage, for a caller who did not ask. */
export function withoutUsage(events: string): string {
  return events.includes('"usage"') ? events.replace(NO_USAGE_YET, '') : events;
}

/** A comment: it says that the stream lives and nothing else. Some clients take it for data, so it is kept as short as it came. */
export function sseComment(text: string): string {
  return `:${text.replaceAll(/[\r\n]/g, ' ')}\n\n`;
}

/** The error event that ends a broken stream, which then has no `[DONE]`. */
export function errorEvent(error: GatewayError): string {
  return sseEvent(JSON.stringify(error.toBody()));
}

/** Whether the caller asked for the usage chunk. @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options */
export function includesUsage(body: ChatBody): boolean {
  return (body.stream_options as { include_usage?: unknown } | null | undefined)?.include_usage === true;
}

/** The usage chunk with what the call cost: a stream has no header for that. */
export function withGatewayUsage(data: string, settlement: Settlement): string {
  const chunk = JSON.parse(data) as { usage?: Record<string, unknown> };
  const gateway = {
    cost_usd: formatUsd(settlement.costPusd),
    saved_usd: formatUsd(settlement.savedPusd),
    cache_status: settlement.cacheStatus,
  };
  chunk.usage = Object.assign(chunk.usage ?? {}, { gateway });
  return JSON.stringify(chunk);
}
