import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { type JournalLines, readLines } from './journal-lines';
import { namesEpoch, renameEpoch } from './journal-record';
import type { Segment } from './journal.service';

const CHUNK_BYTES = 512 * 1024;
const NEWLINE = 0x0a;
const OFFSET_DIGITS = 12;

/**
 * Bytes after the last end of a line. `growing`: a line that is being written; `stopped`: one that the end of its process cut
 * off; `closed`: a damaged one, since the writer went on in another segment only after whole lines.
 */
export type SegmentTail = 'growing' | 'stopped' | 'closed';

/** The next piece of a segment. */
export interface SegmentPiece extends JournalLines {
  /** Where it begins, in bytes. */
  start: number;
  /** The offset behind it; undefined at the end of the segment. */
  end: number | undefined;
}

/** Reads a segment piece by piece from where it was read last, so memory stays bounded however long the journal is. */
export class SegmentReader {
  /** Whether the segment held more than was read last. */
  hasMore = true;
  private readonly file: number;
  private readonly offsetFile: number;
  private readonly buffer = Buffer.allocUnsafe(CHUNK_BYTES);

  constructor(
    readonly segment: Segment,
    private offset: number,
    public tail: SegmentTail = 'growing',
  ) {
    this.file = openSync(segment.path, 'r');
    if (!this.isBehindLine(offset)) this.offset = 0;
    this.offsetFile = openSync(`${segment.path}.drained`, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /**
   * The next whole lines, at most half a megabyte of them where no single line is longer; empty at the end. Records and
   * damaged lines last until the next call. The offset behind them is handed to {@link commit} once they are kept.
   */
  read(): SegmentPiece {
    for (let { buffer } = this; ; buffer = Buffer.allocUnsafe(buffer.length * 2)) {
      const bytes = readSync(this.file, buffer, 0, buffer.length, this.offset);
      this.hasMore = bytes === buffer.length;
      const last = bytes === 0 ? -1 : buffer.lastIndexOf(NEWLINE, bytes - 1);
      if (last >= 0) return this.pieceOf(buffer.subarray(0, last + 1));
      if (bytes === buffer.length) continue;
      return bytes > 0 && this.tail !== 'growing'
        ? this.lastPieceOf(buffer.subarray(0, bytes))
        : { records: [], damaged: [], start: this.offset, end: undefined };
    }
  }

  /** Goes on behind the offset without a note of it. */
  skip(end: number): SegmentPiece {
    this.offset = end;
    return this.read();
  }

  /** Notes that everything before the offset is in the database. What is noted too late is only written once more. */
  commit(end: number): void {
    this.offset = end;
    writeSync(this.offsetFile, String(end).padStart(OFFSET_DIGITS, '0'), 0);
  }

  close(): void {
    closeSync(this.file);
    closeSync(this.offsetFile);
  }

  /** A note of the offset may be damaged; from the start on, rows are only written once more. */
  private isBehindLine(offset: number): boolean {
    if (offset === 0) return true;
    return readSync(this.file, this.buffer, 0, 1, offset - 1) === 1 && this.buffer[0] === NEWLINE;
  }

  private pieceOf(bytes: Buffer): SegmentPiece {
    const { records, damaged } = readLines(bytes);
    if (namesEpoch(this.segment.instanceId)) for (const record of records) renameEpoch(record);
    return { records, damaged, start: this.offset, end: this.offset + bytes.length };
  }

  /** Bytes without an end of a line: a cut-off line was never acknowledged, and hides no record; all else is damaged. */
  private lastPieceOf(bytes: Buffer): SegmentPiece {
    const { damaged, ...piece } = this.pieceOf(bytes);
    const isCutOff = this.tail === 'stopped' && piece.records.length === 0;
    return { ...piece, damaged: isCutOff ? [] : damaged };
  }
}
