import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { decodeRecord, type JournalRecord, namesEpoch, renameEpoch } from './journal-record';
import type { Segment } from './journal.service';

const CHUNK_BYTES = 512 * 1024;
const NEWLINE = 0x0a;
const OFFSET_DIGITS = 12;

/** Reads a segment piece by piece from where it was read last, so memory stays bounded however long the journal is. */
export class SegmentReader {
  private readonly file: number;
  private readonly offsetFile: number;
  private readonly buffer = Buffer.allocUnsafe(CHUNK_BYTES);

  constructor(
    readonly segment: Segment,
    private offset: number,
  ) {
    this.file = openSync(segment.path, 'r');
    this.offsetFile = openSync(`${segment.path}.drained`, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /**
   * The next whole lines, at most half a megabyte of them where no single line is longer; empty at the end. Lines that are
   * not whole are left out.
   *
   * @returns the records, which last until the next call, and the offset behind them, to be handed to {@link commit} once they are kept; no offset at the end
   */
  read(): { records: JournalRecord[]; end: number | undefined } {
    for (let { buffer } = this; ; buffer = Buffer.allocUnsafe(buffer.length * 2)) {
      const bytes = readSync(this.file, buffer, 0, buffer.length, this.offset);
      const last = bytes === 0 ? -1 : buffer.lastIndexOf(NEWLINE, bytes - 1);
      if (last >= 0) return { records: this.recordsIn(buffer, last + 1), end: this.offset + last + 1 };
      if (bytes < buffer.length) return { records: [], end: undefined };
    }
  }

  /** Goes on behind the offset without a note of it. */
  skip(end: number): ReturnType<SegmentReader['read']> {
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

  private recordsIn(buffer: Buffer, end: number): JournalRecord[] {
    const isOld = namesEpoch(this.segment.instanceId);
    const records: JournalRecord[] = [];
    for (let start = 0; start < end;) {
      const newline = buffer.indexOf(NEWLINE, start);
      const record = decodeRecord(buffer.subarray(start, newline));
      if (record && isOld) renameEpoch(record);
      if (record) records.push(record);
      start = newline + 1;
    }
    return records;
  }
}
