import { UpstreamTransportError, type UpstreamResponse } from './upstream-transport';

/** The connection that delivers a body. */
export interface BodySource {
  pause(): void;
  resume(): void;
  abort(error: UpstreamTransportError): void;
}

/** Unread bytes above which the upstream is paused until they are read. */
const HIGH_WATER_BYTES = 128 * 1024;
/** Limits for reading the rest of a body after {@link IncomingResponse.leave}. */
const LEAVE_MS = 1_000;
const LEAVE_BYTES = 64 * 1024;

/** A response with back-pressure between the connection, which pushes the body, and its reader. */
export class IncomingResponse implements UpstreamResponse, AsyncIterableIterator<Uint8Array> {
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #paused = false;
  #ended = false;
  /** Set while the rest of the body is discarded. */
  #leaving: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(
    readonly status: number,
    readonly headers: UpstreamResponse['headers'],
    private readonly source: BodySource,
    private readonly maxReplyBytes: number,
  ) {}

  get body(): AsyncIterable<Uint8Array> {
    return this;
  }

  get isRead(): boolean {
    return this.#ended && this.#waiting.length === 0;
  }

  /** Takes the next bytes from the connection. */
  push(bytes: Buffer): void {
    this.#waitingBytes += bytes.length;
    if (this.#leaving !== undefined) {
      if (this.#waitingBytes > LEAVE_BYTES) this.#cancel(cancelled());
      return;
    }
    this.#waiting.push(bytes);
    if (!this.#paused && this.#waitingBytes > HIGH_WATER_BYTES) {
      this.#paused = true;
      this.source.pause();
    }
    this.#wakeReader();
  }

  /** The body is complete. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#leaving);
    this.#wakeReader();
  }

  /** The body is incomplete; the reader gets the bytes received so far, then the error. */
  fail(error: Error): void {
    this.#failure ??= error;
    clearTimeout(this.#leaving);
    this.#wakeReader();
  }

  abort(): void {
    if (!this.#ended && this.#leaving === undefined) this.#cancel(cancelled());
  }

  leave(): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (this.#ended || this.#leaving !== undefined) return;
    this.#leaving = setTimeout(() => this.#cancel(cancelled()), LEAVE_MS).unref();
    if (this.#paused) this.source.resume();
    this.#wakeReader();
  }

  async readAll(): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (let part = await this.next(); part.done !== true; part = await this.next()) {
      bytes += part.value.length;
      if (bytes > this.maxReplyBytes) {
        const error = new UpstreamTransportError(
          'too_large',
          `The upstream's response is longer than ${this.maxReplyBytes} bytes.`,
          true,
        );
        this.#cancel(error);
        throw error;
      }
      parts.push(part.value);
    }
    const [first] = parts;
    return withoutMark(parts.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(parts, bytes));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const [bytes] = this.#waiting;
      if (bytes !== undefined) return { done: false, value: this.#takeWaiting(bytes) };
      if (this.#failure !== undefined && this.#leaving === undefined) throw this.#failure;
      if (this.#ended || this.#leaving !== undefined) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** All that waits, as one piece. */
  #takeWaiting(first: Buffer): Buffer {
    const bytes = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (this.#paused) {
      this.#paused = false;
      this.source.resume();
    }
    return bytes;
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.abort();
    return { done: true, value: undefined };
  }

  #cancel(error: UpstreamTransportError): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (this.#ended) return;
    this.fail(error);
    this.source.abort(error);
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** What stands after a byte-order mark, which some servers write and `JSON.parse` refuses. @see https://www.rfc-editor.org/rfc/rfc8259#section-8.1 */
function withoutMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}

function cancelled(): UpstreamTransportError {
  return new UpstreamTransportError('aborted', 'The request was cancelled while its response was read.', true);
}
