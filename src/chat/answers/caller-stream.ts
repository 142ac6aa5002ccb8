import type { ChatBody } from '@thriftgate/providers';
import type { FlightEnd, SharedAnswer } from '../../cache/single-flight/flight-end';
import { toGatewayError } from '../../common/gateway-error.filter';
import type { Settlement, StreamAnswer } from '../chat-call';
import { DONE_EVENT, errorEvent, includesUsage, sseEvent, withGatewayUsage } from './stream-events';

/** The last events of one caller's stream: the usage chunk if it asked for one, with its own cost, and the end mark. */
export function lastEvents(
  end: FlightEnd | undefined,
  body: ChatBody,
  settlementOf: (answer: SharedAnswer) => Settlement,
): string {
  if (end === undefined) return '';
  if (end.kind === 'failed') return errorEvent(toGatewayError(end.error));
  if (end.kind === 'broken') return end.last + errorEvent(end.error);
  const { last, usageChunk, answer } = end;
  const wanted = usageChunk !== undefined && includesUsage(body);
  return last + (wanted ? sseEvent(withGatewayUsage(usageChunk, settlementOf(answer))) : '') + DONE_EVENT;
}

/**
 * One caller's stream, of texts that are the same for all and an end that is its own. It has begun when this returns, so
 * that ending it ends the texts, too.
 *
 * @param first a text that was taken already
 * @param onEnd gives the last text; called with undefined where the caller left before, and then its text goes nowhere
 */
export async function startStream(
  headers: Record<string, string>,
  first: string,
  texts: CommonTexts,
  onEnd: EndTeller,
): Promise<StreamAnswer> {
  const rest = callerTexts(first, texts, onEnd);
  const { value } = await rest.next();
  return { kind: 'stream', headers, first: value ?? '', rest };
}

type CommonTexts = AsyncGenerator<string, FlightEnd | undefined, undefined>;
type EndTeller = (end: FlightEnd | undefined) => Promise<string> | string;

async function* callerTexts(
  first: string,
  texts: CommonTexts,
  onEnd: EndTeller,
): AsyncGenerator<string, void, undefined> {
  let told = false;
  try {
    if (first !== '') yield first;
    const end = yield* texts;
    told = true;
    const last = await onEnd(end);
    if (last !== '') yield last;
  } finally {
    if (!told) {
      await texts.return(undefined);
      await onEnd(undefined);
    }
  }
}
