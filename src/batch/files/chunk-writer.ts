import { createHash } from 'node:crypto';

const CHUNK_BYTES = 64 * 1024;

/** Size in bytes, and SHA-256 in hex. */
export interface ContentFacts {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Cuts content into chunks of 64 KiB, whatever the sizes of its pieces, holds at most one chunk in memory, and
 * hashes the content on the way.
 */
export class ChunkWriter {
  private pieces: Buffer[] = [];
  private pending = 0;
  private chunks = 0;
  private written = 0;
  private readonly hash = createHash('sha256');
  private digest: string | undefined;

  constructor(private readonly keep: (chunk: number, content: Buffer) => Promise<void>) {}

  /** Bytes received so far. */
  get bytes(): number {
    return this.written + this.pending;
  }

  /** What a publication records of the content. Ends it: nothing can be written afterwards. */
  facts(): ContentFacts {
    this.digest ??= this.hash.digest('hex');
    return { bytes: this.bytes, sha256: this.digest };
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
    this.hash.update(content);
    this.pending = 0;
    await this.keep(this.chunks, content);
    this.chunks += 1;
  }
}
