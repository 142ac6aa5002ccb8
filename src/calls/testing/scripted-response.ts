import { type UpstreamResponse, UpstreamTransportError } from '@thriftgate/providers';

/** An upstream's response that a test writes piece by piece. */
export class ScriptedResponse implements UpstreamResponse {
  readonly body: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => this.next() }) };
  /** How often the body was aborted, and how often it was left, while it had not ended. */
  aborts = 0;
  leaves = 0;
  private readonly pieces: Uint8Array[] = [];
  private failure: Error | undefined;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(
    readonly status = 200,
    readonly headers: UpstreamResponse['headers'] = {},
  ) {}

  /** Whether the connection is free: the body has ended, or nothing more of it is wanted. */
  get isClosed(): boolean {
    return this.ended || this.failure !== undefined;
  }

  get isRead(): boolean {
    return this.ended && this.pieces.length === 0;
  }

  push(...pieces: (string | Uint8Array)[]): this {
    if (this.isClosed) return this;
    for (const piece of pieces) this.pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
    this.wake?.();
    return this;
  }

  end(): this {
    this.ended = true;
    this.wake?.();
    return this;
  }

  /** The body breaks off; the reader gets what came before. */
  fail(error: Error): this {
    this.failure ??= error;
    this.wake?.();
    return this;
  }

  abort(): void {
    if (this.isClosed) return;
    this.aborts += 1;
    this.pieces.length = 0;
    this.fail(new UpstreamTransportError('aborted', 'aborted', true));
  }

  leave(): void {
    if (this.isClosed) return;
    this.leaves += 1;
    this.pieces.length = 0;
    this.end();
  }

  async readAll(): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for (let step = await this.next(); !step.done; step = await this.next()) pieces.push(step.value);
    return Buffer.concat(pieces);
  }

  private async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece) return { done: false, value: piece };
      if (this.failure) throw this.failure;
      if (this.ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
