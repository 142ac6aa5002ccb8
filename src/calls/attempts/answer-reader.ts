import {
  type ReadReply,
  SseEventTooLargeError,
  SseReader,
  type Translator,
  type UpstreamCall,
  type UpstreamResponse,
} from '@thriftgate/providers';

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

/** Decides what a whole body with status 200 is. An unrequested stream of events is assembled. */
export function readBody(
  translator: Translator,
  call: UpstreamCall,
  response: UpstreamResponse,
  body: Buffer,
): ReadReply {
  return isEventStream(response) ? readEvents(translator, call, body) : translator.fromReply(body, call);
}

function readEvents(translator: Translator, call: UpstreamCall, body: Buffer): ReadReply {
  const reader = new SseReader();
  const decoder = translator.openStream(call);
  try {
    for (const item of [...reader.push(body), ...reader.end()]) {
      if (item.kind === 'comment') continue;
      const error = decoder.push(item).find(({ kind }) => kind === 'error');
      if (error) return { kind: 'error', text: error.data, usage: decoder.assemble().facts.usage };
    }
  } catch (error) {
    if (!(error instanceof SseEventTooLargeError)) throw error;
    return { kind: 'unreadable', usage: decoder.assemble().facts.usage };
  }
  const reply = decoder.assemble();
  return decoder.finished ? { kind: 'response', reply } : { kind: 'unreadable', usage: reply.facts.usage };
}
