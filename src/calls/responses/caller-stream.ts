import type { ChatBody } from '@thriftgate/providers';
import type { FlightResult, SharedAnswer } from '../../single-flight/flight-result';
import { toGatewayError } from '../../common/to-gateway-error';
import type { Settlement, StreamResponse } from '../call';
import { DONE_EVENT, errorEvent, includesUsage, sseEvent, withGatewayUsage, withoutUsage } from '../stream-events';

/** The last events of one caller's stream: the usage chunk if it asked for one, with its own cost, and the end mark. */
export function lastEvents(
  end: FlightResult | undefined,
  body: ChatBody,
  settlementOf: (answer: SharedAnswer) => Settlement,
): string {
  if (end === undefined) return '';
  if (end.kind === 'failed') return errorEvent(toGatewayError(end.error));
  const last = shown(end.last, body);
  if (end.kind === 'broken') return last + errorEvent(end.error);
  const { usageChunk, answer } = end;
  const wanted = usageChunk !== undefined && includesUsage(body);
  return last + (wanted ? sseEvent(withGatewayUsage(usageChunk, settlementOf(answer))) : '') + DONE_EVENT;
}

/** Events as this caller sees them: all upstreams are asked for usage, which is nothing to those who did not ask. */
function shown(events: string, body: ChatBody): string {
  return includesUsage(body) ? events : withoutUsage(events);
}

/**
 * One caller's stream, of texts that are the same for all and an end that is its own. It has begun when this returns, so
 * that ending it ends the texts, too.
 *
 * @param body what the caller asked
 * @param first a text that was taken already
 * @param onEnd gives the last text; called with undefined where the caller left before, and then its text goes nowhere
 */
export async function startStream(
  body: ChatBody,
  headers: Record<string, string>,
  first: string,
  texts: CommonTexts,
  onEnd: EndTeller,
): Promise<StreamResponse> {
  const rest = callerTexts(body, first, texts, onEnd);
  const { value } = await rest.next();
  return { kind: 'stream', headers, first: value ?? '', rest };
}

type CommonTexts = AsyncGenerator<string, FlightResult | undefined, undefined>;
type EndTeller = (end: FlightResult | undefined) => Promise<string> | string;

async function* callerTexts(
  body: ChatBody,
  first: string,
  texts: CommonTexts,
  onEnd: EndTeller,
): AsyncGenerator<string, void, undefined> {
  let told = false;
  try {
    if (first !== '') yield shown(first, body);
    let next = await texts.next();
    for (; !next.done; next = await texts.next()) yield shown(next.value, body);
    told = true;
    const last = await onEnd(next.value);
    if (last !== '') yield last;
  } finally {
    if (!told) {
      await texts.return(undefined);
      await onEnd(undefined);
    }
  }
}
