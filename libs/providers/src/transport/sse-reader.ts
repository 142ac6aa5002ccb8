import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { parseJson } from '../json-record';
import type { SseEvent } from '../translator';

/** An item of a stream of server-sent events: an event, or a comment, which upstreams send as keep-alive. */
export type SseItem =
  | ({
      kind: 'event';
      /** Whether the stream ended before its blank line: see {@link isWhole}. */
      isUnended?: true;
    } & SseEvent)
  | { kind: 'comment'; text: string };

/** The largest length of an event, in UTF-16 units. */
export const MAX_SSE_EVENT_LENGTH = 16 * 1024 * 1024;

const BYTE_ORDER_MARK = '\uFEFF';

/** An upstream sent an event or a line above the limit. */
export class SseEventTooLargeError extends Error {
  override readonly name = 'SseEventTooLargeError';

  /** @param before what was complete before it and is not returned otherwise */
  constructor(
    readonly maxLength: number,
    readonly before: SseItem[] = [],
  ) {
    super(`An event of the upstream's stream is longer than ${maxLength} characters.`);
  }
}

/**
 * Reads server-sent events from byte chunks that may be cut anywhere, also inside a character or a line end.
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
        if (data.length > maxEventLength) throw new SseEventTooLargeError(maxEventLength, this.#items);
        this.#items.push({ kind: 'event', event, data });
      },
      onComment: (text) => this.#items.push({ kind: 'comment', text }),
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') throw new SseEventTooLargeError(maxEventLength, this.#items);
      },
    });
  }

  /**
   * @returns the events and comments that these bytes complete, in order.
   * @throws SseEventTooLargeError after which the reader cannot be used
   */
  push(bytes: Uint8Array): SseItem[] {
    return this.#feed(this.#text.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  }

  /** Reads the rest at the end of the stream. A last event without its blank line is marked: it may not be whole. */
  end(): SseItem[] {
    const items = this.#feed(`${this.#text.end()}\n\n`);
    return items.map((item) => (item.kind === 'event' ? { ...item, isUnended: true } : item));
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
    // The parser holds back a carriage return at the end until the next character, and with it a complete event. So the
    // line ends here, and a line feed that follows is skipped.
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

/**
 * Whether an item counts. Some servers omit the last blank line, so a last event without it counts where its data is complete
 * (JSON or `[DONE]`); an incomplete event does not. Parses its data, so it is asked after the data's size.
 */
export function isWhole(item: SseItem): boolean {
  if (item.kind === 'comment' || !item.isUnended) return true;
  return item.data === '[DONE]' || parseJson(item.data) !== undefined;
}
