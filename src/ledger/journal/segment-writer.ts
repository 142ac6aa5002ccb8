import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { CUT_OFF } from './journal-lines';

/** How often at most a write looks whether its file is still there. */
const LOOK_EVERY_MS = 10;

/** Writes one segment, group by group. A group is in the file whole or not at all. */
export class SegmentWriter {
  /** How long the file is. */
  length = 0;
  private grown = 0;
  private readonly file: number;
  private isTorn = false;
  private unsynced = false;
  private syncing = 0;
  private closed = false;
  private lookedAtMs = 0;

  constructor(readonly path: string) {
    this.file = openSync(path, 'a', 0o600);
  }

  /** How much was written since the writer was last told to take more. */
  get bytes(): number {
    return this.length - this.grown;
  }

  /** True where a group that broke off could not be taken away: some of its lines may be whole, and the next begins on a new one. */
  get torn(): boolean {
    return this.isTorn;
  }

  /** Lets the segment grow by as much again. */
  takeMore(): void {
    this.grown = this.length;
  }

  /** Whether the file is where it was made. */
  get isInPlace(): boolean {
    return statSync(this.path, { throwIfNoEntry: false })?.ino === fstatSync(this.file).ino;
  }

  /** Hands lines to the kernel. @throws when the disk does not take all of them, or the file was deleted */
  write(lines: string): void {
    const group = Buffer.from(this.isTorn ? CUT_OFF + lines : lines);
    let written = 0;
    try {
      while (written < group.length) written += writeSync(this.file, group, written);
    } catch (error) {
      if (written > 0) this.takeBack(written);
      throw error;
    }
    this.isTorn = false;
    this.unsynced = true;
    this.length += group.length;
    this.refuseDeleted();
  }

  /** Has the disk keep what the kernel has, so that it survives a loss of power. */
  sync(): Promise<void> {
    if (!this.unsynced) return Promise.resolve();
    this.unsynced = false;
    this.syncing += 1;
    return new Promise((resolve, reject) =>
      fdatasync(this.file, (error) => {
        this.syncing -= 1;
        if (this.closed && this.syncing === 0) closeSync(this.file);
        if (error) {
          this.unsynced = true;
          reject(error);
        } else resolve();
      }),
    );
  }

  /** Closes the file, after what is being synced: its number may be another file's by then. */
  close(): void {
    this.closed = true;
    if (this.syncing === 0) closeSync(this.file);
  }

  /** The kernel accepts writes to a deleted file, whose lines are lost. */
  private refuseDeleted(): void {
    const now = performance.now();
    if (now - this.lookedAtMs < LOOK_EVERY_MS) return;
    if (fstatSync(this.file).nlink === 0) throw new Error(`${this.path} was deleted`);
    this.lookedAtMs = now;
  }

  private takeBack(written: number): void {
    try {
      ftruncateSync(this.file, this.length);
    } catch {
      this.isTorn = true;
      this.length += written;
    }
  }
}
