import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { parseJson } from '../json-record';
import type { SseEvent } from '../translator';

/** What stands in a stream of server-sent events: an event, or a comment, which upstreams send as a sign of life. */
export type SseItem = ({ kind: 'event' } & SseEvent) | { kind: 'comment'; text: string };

/** The longest event that is read, in UTF-16 units. */
export const MAX_SSE_EVENT_LENGTH = 16 * 1024 * 1024;

const BYTE_ORDER_MARK = '\uFEFF';

/** An upstream sent an event, or a line without end, that is longer than any honest one. */
export class SseEventTooLargeError extends Error {
  override readonly name = 'SseEventTooLargeError';

  constructor(readonly maxLength: number) {
    super(`An event of the upstream's stream is longer than ${maxLength} characters.`);
  }
}

/**
 * Reads server-sent events out of bytes that may be cut anywhere, also inside a character or a line end.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseReader {
  readonly #text = new StringDecoder('utf8');
  readonly #parser: EventSourceParser;
  #items: SseItem[] = [];
  #skipLineFeed = false;
  #hasBegun = false;

  constructor(maxEventLength = MAX_SSE_EVENT_LENGTH) {
    this.#parser = createParser({
      maxBufferSize: maxEventLength,
      onEvent: ({ event, data }) => {
        if (data.length > maxEventLength) throw new SseEventTooLargeError(maxEventLength);
        this.#items.push({ kind: 'event', event, data });
      },
      onComment: (text) => this.#items.push({ kind: 'comment', text }),
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') throw new SseEventTooLargeError(maxEventLength);
      },
    });
  }

  /**
   * @returns the events and comments that these bytes complete, in order.
   * @throws SseEventTooLargeError after which the reader is of no more use.
   */
  push(bytes: Uint8Array): SseItem[] {
    return this.#feed(this.#text.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  }

  /**
   * Reads what is left at the end of the stream. An event that lacks only the blank line behind it counts if its data
   * is whole (JSON or `[DONE]`), because some servers forget that line; half an event is dropped.
   */
  end(): SseItem[] {
    const items = this.#feed(`${this.#text.end()}\n\n`);
    return items.filter((item) => item.kind === 'comment' || isWhole(item.data));
  }

  #feed(text: string): SseItem[] {
    let lines = text;
    if (!this.#hasBegun && lines !== '') {
      this.#hasBegun = true;
      if (lines.startsWith(BYTE_ORDER_MARK)) lines = lines.slice(1);
    }
    if (this.#skipLineFeed && lines !== '') {
      this.#skipLineFeed = false;
      if (lines.startsWith('\n')) lines = lines.slice(1);
    }
    // The parser would hold back a carriage return at the end until it sees whether a line feed follows, and with it an
    // event that is complete already. So the line is ended here and now, and that line feed is left out when it comes.
    if (lines.endsWith('\r')) {
      this.#skipLineFeed = true;
      lines += '\n';
    }
    this.#parser.feed(lines);
    const items = this.#items;
    if (items.length > 0) this.#items = [];
    return items;
  }
}

function isWhole(data: string): boolean {
  return data === '[DONE]' || parseJson(data) !== undefined;
}
