import { UpstreamTransportError, type UpstreamResponse } from './upstream-transport';

/** The connection that a body comes from. */
export interface BodySource {
  pause(): void;
  resume(): void;
  abort(error: UpstreamTransportError): void;
}

/** Bytes that may wait for a slow reader before the upstream is paused. */
const HIGH_WATER_BYTES = 128 * 1024;
const LOW_WATER_BYTES = 32 * 1024;
/** How long, and how much, a body may still come after its answer has ended. */
const LEAVE_MS = 1_000;
const LEAVE_BYTES = 64 * 1024;

/** An answer whose body is pushed in at one end and read at the other, with back-pressure between them. */
export class IncomingResponse implements UpstreamResponse, AsyncIterableIterator<Uint8Array> {
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #paused = false;
  #ended = false;
  /** Set when what still comes is thrown away. */
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

  /** Takes the next bytes from the connection. */
  push(bytes: Buffer): void {
    this.#waitingBytes += bytes.length;
    if (this.#leaving !== undefined) {
      if (this.#waitingBytes > LEAVE_BYTES) this.#giveUp(givenUp());
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

  /** The body broke off; the reader still gets what came before. */
  fail(error: Error): void {
    this.#failure ??= error;
    clearTimeout(this.#leaving);
    this.#wakeReader();
  }

  abort(): void {
    if (!this.#ended && this.#leaving === undefined) this.#giveUp(givenUp());
  }

  leave(): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (this.#ended || this.#leaving !== undefined) return;
    this.#leaving = setTimeout(() => this.#giveUp(givenUp()), LEAVE_MS).unref();
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
          `The upstream's answer is longer than ${this.maxReplyBytes} bytes.`,
          true,
        );
        this.#giveUp(error);
        throw error;
      }
      parts.push(part.value);
    }
    const [first] = parts;
    return parts.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(parts, bytes);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const bytes = this.#waiting.shift();
      if (bytes !== undefined) {
        this.#waitingBytes -= bytes.length;
        if (this.#paused && this.#waitingBytes <= LOW_WATER_BYTES) {
          this.#paused = false;
          this.source.resume();
        }
        return { done: false, value: bytes };
      }
      if (this.#failure !== undefined && this.#leaving === undefined) throw this.#failure;
      if (this.#ended || this.#leaving !== undefined) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.abort();
    return { done: true, value: undefined };
  }

  #giveUp(error: UpstreamTransportError): void {
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

function givenUp(): UpstreamTransportError {
  return new UpstreamTransportError('aborted', 'The call was given up while its answer was read.', true);
}
