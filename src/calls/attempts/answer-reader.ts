import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Endpoint,
  type ReadReply,
  SseReader,
  type Translator,
  type UpstreamCall,
  type UpstreamResponse,
} from '@thriftgate/providers';
import { answerRules, isParsable, parsableItems, STEP_BYTES } from './answer-size';

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
  endpoint: Endpoint;
}

/** Decides what a whole body with status 200 is. An unrequested stream of events is assembled. */
export function readBody(asked: Asked, response: UpstreamResponse, body: Buffer): Promise<ReadReply> {
  return isEventStream(response) ? readEvents(asked, body) : readReply(asked, body);
}

/** Decides what JSON with status 200 is. What has too many values to be parsed at once is unreadable. */
export async function readReply({ translator, call, endpoint }: Asked, body: Buffer): Promise<ReadReply> {
  const isReadable = await isParsable(body, answerRules(endpoint, call.body));
  return isReadable ? translator.fromReply(body, call) : { kind: 'unreadable', usage: undefined };
}

async function readEvents({ translator, call, endpoint }: Asked, body: Buffer): Promise<ReadReply> {
  const reader = new SseReader();
  const decoder = translator.openStream(call);
  const rules = answerRules(endpoint, call.body);
  for (let [at, isLast] = [0, false]; !isLast; at += STEP_BYTES) {
    isLast = at >= body.length;
    const piece = body.subarray(at, at + STEP_BYTES);
    const { items, isTooLarge } = await parsableItems(() => (isLast ? reader.end() : reader.push(piece)), rules);
    for (const item of items) {
      if (item.kind === 'comment') continue;
      const error = decoder.push(item).find(({ kind }) => kind === 'error');
      if (error) return { kind: 'error', text: error.data, usage: decoder.assemble().facts.usage };
    }
    if (isTooLarge) return { kind: 'unreadable', usage: decoder.assemble().facts.usage };
    if (!isLast) await nextTurn();
  }
  const reply = decoder.assemble();
  return decoder.finished ? { kind: 'response', reply } : { kind: 'unreadable', usage: reply.facts.usage };
}
