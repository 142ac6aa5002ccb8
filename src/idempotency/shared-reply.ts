/** An answer as it is written to a client, in whatever pieces it comes. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** Ending it early stops nothing but this reading. */
  body: AsyncGenerator<Buffer, void, undefined>;
}

const DONE = Buffer.from('data: [DONE]\n\n');
/** A longer answer goes out and is not kept. */
const LARGEST_KEPT_BYTES = 16 * 1024 * 1024;

/**
 * An answer that comes once and is read by several clients: each gets what has come and then follows. The answer is read to
 * its end whether it is read here or not, and its last piece is given to no reader before the answer is kept. An answer
 * that is too large to be kept is for those alone who read it already, and comes at the pace of the slowest of them.
 */
export class SharedReply {
  private readonly pieces: Buffer[] = [];
  private heldBytes = 0;
  /** How many pieces are gone from the front. */
  private dropped = 0;
  /** Which piece each reader reads next. */
  private readonly readers = new Set<{ next: number }>();
  private overLimit = false;
  /** Kept when the answer is whole and was handed to `keep`. */
  filled: Promise<void> = Promise.resolve();
  private ended = false;
  private error: unknown;
  private waiting: (() => void)[] = [];

  constructor(
    readonly status: number,
    readonly headers: Record<string, string>,
    private readonly largestKeptBytes: number = LARGEST_KEPT_BYTES,
  ) {}

  /** Whether it can be read from its beginning. */
  get isWhole(): boolean {
    return this.dropped === 0;
  }

  /**
   * Reads the source to its end.
   *
   * @param keep is handed the whole answer before its last piece goes out; null where it is too large
   */
  fill(source: AsyncIterable<Buffer | string>, keep: (body: Buffer | null) => Promise<void>): void {
    this.filled = this.readAll(source, keep);
  }

  private async readAll(
    source: AsyncIterable<Buffer | string>,
    keep: (body: Buffer | null) => Promise<void>,
  ): Promise<void> {
    const held: Buffer[] = [];
    try {
      for await (const piece of source) {
        const bytes = Buffer.from(piece as string);
        // The end mark tells a client that all is well, so it waits until that is true.
        if (bytes.subarray(-DONE.length).equals(DONE)) held.push(bytes);
        else if (await this.hasRoom()) this.push(bytes);
        else throw new Error('a long answer has no reader any more');
      }
    } catch (error) {
      this.error = error;
    }
    const whole = this.overLimit ? null : Buffer.concat([...this.pieces, ...held]);
    await keep(whole).catch((error: unknown) => (this.error ??= error));
    this.ended = true;
    for (const piece of held) this.push(piece);
    this.wake();
  }

  /** A reading from the beginning. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    if (!this.isWhole) throw new Error('the beginning of a long answer is gone');
    const reader = { next: 0 };
    this.readers.add(reader);
    try {
      for (;;) {
        const piece = this.pieces[reader.next - this.dropped];
        if (piece) {
          reader.next += 1;
          if (this.overLimit) this.wake();
          yield piece;
        } else if (this.ended) {
          if (this.error !== undefined) throw this.error;
          return;
        } else await this.change();
      }
    } finally {
      this.readers.delete(reader);
      this.wake();
    }
  }

  private push(piece: Buffer): void {
    this.pieces.push(piece);
    this.heldBytes += piece.length;
    this.overLimit ||= this.heldBytes > this.largestKeptBytes;
    this.wake();
  }

  /** Waits for the readers where too much is held. @returns false when there are none to wait for */
  private async hasRoom(): Promise<boolean> {
    while (this.overLimit) {
      if (this.readers.size === 0) return false;
      this.dropRead();
      if (this.heldBytes <= this.largestKeptBytes) break;
      await this.change();
    }
    return true;
  }

  private dropRead(): void {
    const read = Math.min(...[...this.readers].map(({ next }) => next)) - this.dropped;
    for (const piece of this.pieces.splice(0, read)) this.heldBytes -= piece.length;
    this.dropped += read;
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }
}
