import type { SentDirective } from './cache-directive';
import type { ControlHeaders } from './header-controls';

/**
 * Whether a streamed call has the directive by habit. Clients of event streams send `Accept: text/event-stream` with
 * `Cache-Control: no-cache` in each request, as browsers do for EventSource, to keep proxies from buffering. Callers who want
 * a fresh response to such a call say so in the body.
 *
 * @see https://github.com/sashabaranov/go-openai
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function isStreamHabit(directive: SentDirective, { accept }: ControlHeaders): boolean {
  const isFresh = directive.control === 'no-cache' || (directive.control === 's-maxage' && directive.seconds === 0);
  return isFresh && directive.param === 'Cache-Control' && String(accept).toLowerCase().includes('text/event-stream');
}
