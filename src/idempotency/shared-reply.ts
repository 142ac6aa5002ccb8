/** An answer as it is written to a client, in whatever pieces it comes. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** Ending it early stops nothing but this reading. */
  body: AsyncGenerator<Buffer, void, undefined>;
}

const DONE = 'data: [DONE]\n\n';

/**
 * An answer that comes once and is read by several clients: each gets what has come and then follows. The answer is read to
 * its end whether anybody reads it here or not, and its last piece is given to nobody before the answer is kept.
 */
export class SharedReply {
  private readonly pieces: Buffer[] = [];
  /** Kept when the answer is whole and was handed to `keep`. */
  filled: Promise<void> = Promise.resolve();
  private ended = false;
  private error: unknown;
  private waiting: (() => void)[] = [];

  constructor(
    readonly status: number,
    readonly headers: Record<string, string>,
  ) {}

  /**
   * Reads the source to its end.
   *
   * @param keep is handed the whole answer before its last piece goes out
   */
  fill(source: AsyncIterable<Buffer | string>, keep: (body: Buffer) => Promise<void>): void {
    this.filled = this.readAll(source, keep);
  }

  private async readAll(source: AsyncIterable<Buffer | string>, keep: (body: Buffer) => Promise<void>): Promise<void> {
    const held: Buffer[] = [];
    try {
      for await (const piece of source) {
        const bytes = Buffer.from(piece as string);
        // The end mark tells a client that all is well, so it waits until that is true.
        if (bytes.toString('latin1').endsWith(DONE)) held.push(bytes);
        else this.push(bytes);
      }
    } catch (error) {
      this.error = error;
    }
    await keep(Buffer.concat([...this.pieces, ...held])).catch((error: unknown) => (this.error ??= error));
    for (const piece of held) this.push(piece);
    this.ended = true;
    this.wake();
  }

  /** A reading from the beginning. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for (let next = 0; ;) {
      const piece = this.pieces[next];
      if (piece) {
        next += 1;
        yield piece;
      } else if (this.ended) {
        if (this.error !== undefined) throw this.error;
        return;
      } else await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private push(piece: Buffer): void {
    this.pieces.push(piece);
    this.wake();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }
}
