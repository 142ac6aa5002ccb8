import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Segment } from '../journal/journal.service';
import type { SegmentPiece } from '../journal/segment-reader';

const SUFFIX = '.damaged';

/** Damaged lines in one piece of a segment. */
export interface Damage {
  /** The file name of the segment. */
  segment: string;
  /** Where the piece begins, in bytes. */
  position: number;
  lines: number;
  bytes: number;
}

/** Keeps the bytes of damaged lines in a file beside their segment, which is removed once it is read. */
export class DamagedLines {
  /** How many damaged lines of each piece are kept; a piece is read again while the database is away, and may have grown. */
  private readonly kept = new Map<string, number>();

  /**
   * @returns undefined where no line of the piece is damaged
   * @throws Error when the disk does not take the bytes
   */
  keep({ path }: Segment, { start, damaged }: SegmentPiece): Damage | undefined {
    if (damaged.length === 0) return undefined;
    const key = `${path}@${start}`;
    const unkept = damaged.slice(this.kept.get(key) ?? 0);
    if (unkept.length > 0)
      appendFileSync(path + SUFFIX, Buffer.concat(unkept.flatMap((line) => [line, Buffer.from('\n')])), {
        mode: 0o600,
      });
    this.kept.set(key, damaged.length);
    const bytes = damaged.reduce((sum, line) => sum + line.length, 0);
    return { segment: basename(path), position: start, lines: damaged.length, bytes };
  }
}
