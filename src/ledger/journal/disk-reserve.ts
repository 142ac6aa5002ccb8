import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';

const BLOCK_BYTES = 1024 * 1024;
const BLOCKS = 4;

/**
 * Room on the disk that is kept for the ends of calls that run: when the disk is full, new calls are refused and the
 * reserve is released, so that what was already paid for can still be written.
 */
export class DiskReserve {
  private made = false;

  constructor(private readonly path: string) {}

  /** @throws when the disk has no room for it; then nothing is left behind */
  make(): void {
    if (this.made) return;
    const file = openSync(this.path, 'w', 0o600);
    try {
      // Bytes that no file system can pack.
      const block = randomBytes(BLOCK_BYTES);
      for (let number = 0; number < BLOCKS; number += 1) {
        for (let written = 0; written < block.length;) written += writeSync(file, block, written);
      }
      this.made = true;
    } catch (error) {
      rmSync(this.path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Frees the room. */
  release(): void {
    this.made = false;
    rmSync(this.path, { force: true });
  }
}
