import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ReadReply,
  SseReader,
  type TokenUsage,
  type Translator,
  type UpstreamCall,
  type UpstreamResponse,
} from '@thriftgate/providers';
import type { PreparedCall } from '../prepared-call';
import { answerRules, exceededLimit, isShort, parsableItems, STEP_BYTES } from './answer-size';
import { chargedUsage } from './believed-usage';
import { withUsageAlone } from './usage-at-end';

/** Errors are shorter. */
const MAX_READ_BYTES = 256 * 1024;

/** Whether a body is a stream of events, as its headers say. */
export function isEventStream({ headers }: UpstreamResponse): boolean {
  return contentType(headers).startsWith('text/event-stream');
}

/** Whether a body is one JSON value, as its headers say: also in response to a request for a stream. */
export function isJson({ headers }: UpstreamResponse): boolean {
  return /^application\/([\w.-]+\+)?json\b/.test(contentType(headers));
}

/** Whether a body is a page for people, as its headers say. */
export function isPage({ headers }: UpstreamResponse): boolean {
  return contentType(headers).startsWith('text/html');
}

function contentType(headers: UpstreamResponse['headers']): string {
  const value = headers['content-type'];
  return (Array.isArray(value) ? value.join() : (value ?? '')).trim().toLowerCase();
}

/** As much of a body as its text is read, where it is an error or cannot be read otherwise. */
export function beginningOf(body: Buffer): string {
  return body.toString('utf8', 0, MAX_READ_BYTES);
}

/** One API at one vendor, with the call that a body answers. */
interface Asked {
  translator: Translator;
  call: UpstreamCall;
  prepared: PreparedCall;
}

/** What a body with status 200 is. One that exceeds a limit of the gateway is not parsed. */
export type ReadAnswer = ReadReply | { kind: 'too large'; limit: string; usage: TokenUsage | undefined };

/** Decides what a whole body with status 200 is. An unrequested stream of events is assembled. */
export function readBody(asked: Asked, response: UpstreamResponse, body: Buffer): Promise<ReadAnswer> {
  return isEventStream(response) ? readEvents(asked, body) : readReply(asked, body);
}

/** Decides what JSON with status 200 is. */
export async function readReply(asked: Asked, body: Buffer): Promise<ReadAnswer> {
  const { translator, call, prepared } = asked;
  const limit = isShort(body) ? undefined : await exceededLimit(body, answerRules(prepared));
  if (limit === undefined) return translator.fromReply(body, call);
  return { kind: 'too large', limit, usage: chargedUsage(usageAtEnd(asked, body)) };
}

/** The usage of JSON that is not parsed, as the vendor's own reader finds it. */
function usageAtEnd({ translator, call }: Asked, body: Buffer): TokenUsage | undefined {
  const alone = withUsageAlone(body);
  const read = alone && translator.fromReply(alone, call);
  return read?.kind === 'response' ? read.reply.facts.usage : read?.usage;
}

async function readEvents({ translator, call, prepared }: Asked, body: Buffer): Promise<ReadAnswer> {
  const reader = new SseReader();
  const decoder = translator.openStream(call);
  const rules = answerRules(prepared);
  for (let [at, isLast] = [0, false]; !isLast; at += STEP_BYTES) {
    isLast = at >= body.length;
    const piece = body.subarray(at, at + STEP_BYTES);
    const { items, limit } = await parsableItems(() => (isLast ? reader.end() : reader.push(piece)), rules);
    for (const item of items) {
      if (item.kind === 'comment') continue;
      const error = decoder.push(item).find(({ kind }) => kind === 'error');
      if (error) return { kind: 'error', text: error.data, usage: decoder.assemble().facts.usage };
    }
    if (limit !== undefined) return { kind: 'too large', limit, usage: chargedUsage(decoder.assemble().facts.usage) };
    if (!isLast) await nextTurn();
  }
  const reply = decoder.assemble();
  return decoder.finished ? { kind: 'response', reply } : { kind: 'unreadable', usage: reply.facts.usage };
}
