import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { DataDirectory } from '../config/data-directory';
import { encodeRecord } from './journal-record';

const SEGMENT_BYTES = 32 * 1024 * 1024;
const SEGMENT_SUFFIX = '.journal';
const OFFSET_SUFFIX = '.drained';
const SET_ASIDE_FILE = 'refused.jsonl';
const RETRY_AFTER_SECONDS = 5;

/** A file of the journal. */
export interface Segment {
  epoch: string;
  path: string;
}

/**
 * The local, append-only record of every try of a call. A line is in the kernel's hands before anything that it speaks of
 * happens, so killing the process loses nothing. The drain brings the lines into the database and removes the files.
 */
@Injectable()
export class Journal {
  /** This life of the process. */
  readonly epoch = newId('epoch');
  private readonly logger = new Logger(Journal.name);
  private readonly directory: string;
  private readonly active: { segment: Segment; file: number; bytes: number }[] = [];
  private number = 0;
  private pending = '';
  private writing: Promise<void> | undefined;
  private torn = false;
  private failing = false;

  constructor(dataDirectory: DataDirectory) {
    this.directory = dataDirectory.resolve('journal');
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    this.openSegment();
  }

  /**
   * Writes a line. Lines that come in one turn of the event loop go to the kernel together.
   *
   * @returns a promise that is kept once the kernel has the line
   * @throws GatewayError `unavailable` when the disk does not take it; then nothing may be acknowledged
   */
  append(key: string, json: string): Promise<void> {
    this.pending += encodeRecord(key, json);
    return (this.writing ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.writing = undefined;
        try {
          this.writePending();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    }));
  }

  /** This life's segments, oldest first; the last one is being written. */
  segments(): Segment[] {
    return this.active.map(({ segment }) => segment);
  }

  /** The segments that dead lives of this data directory left, oldest first. */
  leftovers(): Segment[] {
    return readdirSync(this.directory)
      .filter((name) => name.endsWith(SEGMENT_SUFFIX))
      .map((name) => ({
        epoch: name.slice(0, name.lastIndexOf('.', name.length - SEGMENT_SUFFIX.length - 1)),
        path: join(this.directory, name),
      }))
      .filter(({ epoch }) => epoch !== this.epoch)
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** How many bytes of a segment are in the database already. */
  drainedBytes(segment: Segment): number {
    const path = segment.path + OFFSET_SUFFIX;
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) || 0 : 0;
  }

  /** Keeps a row that the database refuses in a file beside the journal, for a person to look at. */
  setAside(row: string, error: unknown): void {
    this.logger.error({ err: error }, `the database refuses a row of the ledger; it is kept in ${SET_ASIDE_FILE}`);
    appendFileSync(join(this.directory, SET_ASIDE_FILE), `${row}\n`, { mode: 0o600 });
  }

  /** Removes a segment that is wholly in the database. */
  remove(segment: Segment): void {
    const index = this.active.findIndex((each) => each.segment.path === segment.path);
    if (index >= 0) for (const { file } of this.active.splice(index, 1)) closeSync(file);
    rmSync(segment.path, { force: true });
    rmSync(segment.path + OFFSET_SUFFIX, { force: true });
  }

  private writePending(): void {
    const current = this.current();
    const lines = Buffer.from(this.torn ? `\n${this.pending}` : this.pending);
    this.pending = '';
    try {
      for (let written = 0; written < lines.length;) written += writeSync(current.file, lines, written);
    } catch (error) {
      this.torn = true;
      this.report(error);
      throw new GatewayError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
    }
    this.torn = false;
    this.recovered();
    current.bytes += lines.length;
    if (current.bytes >= SEGMENT_BYTES) this.rotate(current);
  }

  private current(): { segment: Segment; file: number; bytes: number } {
    const current = this.active.at(-1);
    if (!current) throw new GatewayError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    return current;
  }

  /** The lines are kept: where no new file can be made, the old one takes as much again. */
  private rotate(current: { bytes: number }): void {
    try {
      this.openSegment();
    } catch (error) {
      current.bytes = 0;
      this.logger.warn({ err: error }, 'no new segment of the journal can be made; the old one grows');
    }
  }

  private openSegment(): void {
    this.number += 1;
    const name = `${this.epoch}.${String(this.number).padStart(6, '0')}${SEGMENT_SUFFIX}`;
    const segment = { epoch: this.epoch, path: join(this.directory, name) };
    this.active.push({ segment, file: openSync(segment.path, 'a', 0o600), bytes: 0 });
  }

  private report(error: unknown): void {
    if (!this.failing)
      this.logger.error({ err: error }, 'the journal cannot be written; calls are refused until it can');
    this.failing = true;
  }

  private recovered(): void {
    if (this.failing) this.logger.log('the journal can be written again');
    this.failing = false;
  }
}
