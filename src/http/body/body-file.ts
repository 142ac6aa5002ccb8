import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** How much is written or read at once, in bytes. */
const BLOCK_BYTES = 256 * 1024;

/** A body that the disk does not give back. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
}

/**
 * The bytes of a large body, on disk in place of memory. The file has no name: the system deletes it when it is closed, and when
 * the process dies. Its user writes first, then reads, one part after the other.
 */
export class BodyFile {
  private readonly handle: Promise<FileHandle>;
  /** What is not written yet. */
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private bytes = 0;
  /** What was read last: small parts beside each other are read together. */
  private block = { start: 0, bytes: Buffer.alloc(0) };

  /** @param directory where the file is, on a disk with room for the body */
  constructor(directory: string) {
    this.handle = openUnnamed(join(directory, `body-${randomBytes(12).toString('hex')}`));
    // The first write throws the error.
    this.handle.catch(() => undefined);
  }

  /** In bytes. */
  get length(): number {
    return this.bytes;
  }

  /** @returns what to wait for before the next piece, if anything; it rejects with an error of the file system */
  append(piece: Buffer): Promise<void> | undefined {
    this.pending.push(piece);
    this.pendingBytes += piece.length;
    this.bytes += piece.length;
    return this.pendingBytes < BLOCK_BYTES ? undefined : this.flush();
  }

  /** Writes what is pending. @returns itself @throws Error of the file system */
  async end(): Promise<this> {
    await this.flush();
    return this;
  }

  /** A part of the body, in bytes from its start. @throws UnreadableBody */
  async read(start: number, end: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(start, end)) pieces.push(piece);
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }

  /** A part of the body, a quarter of a megabyte at a time at most. @throws UnreadableBody */
  async *pieces(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    for (let at = start; at < end;) {
      const piece = (await this.from(at)).subarray(0, end - at);
      at += piece.length;
      yield piece;
    }
  }

  /** Deletes the file. */
  async close(): Promise<void> {
    const handle = await this.handle.catch(() => undefined);
    await handle?.close();
  }

  private async flush(): Promise<void> {
    const { pending } = this;
    this.pending = [];
    this.pendingBytes = 0;
    await (await this.handle).writeFile(Buffer.concat(pending));
  }

  private async from(start: number): Promise<Buffer> {
    const known = this.block.bytes.subarray(Math.max(0, start - this.block.start));
    if (start >= this.block.start && known.length > 0) return known;
    const bytes = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, this.bytes - start));
    const { bytesRead } = await (await this.handle).read(bytes, 0, bytes.length, start).catch((error: unknown) => {
      throw new UnreadableBody('A request body on disk could not be read', { cause: error });
    });
    if (bytesRead === 0) throw new UnreadableBody('A request body ends before its length on disk');
    this.block = { start, bytes: bytes.subarray(0, bytesRead) };
    return this.block.bytes;
  }
}

async function openUnnamed(path: string): Promise<FileHandle> {
  const handle = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return handle;
}
