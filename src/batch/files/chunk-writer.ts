const CHUNK_BYTES = 256 * 1024;

/** Cuts content into chunks of a quarter of a megabyte, whatever the sizes of its pieces, and holds at most one chunk in memory. */
export class ChunkWriter {
  private pieces: Buffer[] = [];
  private pending = 0;
  private chunks = 0;
  private written = 0;

  constructor(private readonly keep: (chunk: number, content: Buffer) => Promise<void>) {}

  /** Bytes received so far. */
  get bytes(): number {
    return this.written + this.pending;
  }

  async write(content: Buffer): Promise<void> {
    let rest = content;
    while (this.pending + rest.length >= CHUNK_BYTES) {
      const taken = CHUNK_BYTES - this.pending;
      this.take(rest.subarray(0, taken));
      rest = rest.subarray(taken);
      await this.flush();
    }
    if (rest.length > 0) this.take(rest);
  }

  /** Writes the last chunk. */
  async end(): Promise<void> {
    if (this.pending > 0) await this.flush();
  }

  private take(piece: Buffer): void {
    this.pieces.push(piece);
    this.pending += piece.length;
  }

  private async flush(): Promise<void> {
    const content = this.pieces.length === 1 && this.pieces[0] ? this.pieces[0] : Buffer.concat(this.pieces);
    this.pieces = [];
    this.written += content.length;
    this.pending = 0;
    await this.keep(this.chunks, content);
    this.chunks += 1;
  }
}
