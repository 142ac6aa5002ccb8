import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { newId } from '../../common/ids';
import type { Owner } from '../../common/owner';
import { DataDirectory } from '../../config/data-directory';
import { GatewayConfig } from '../../config/gateway-config';
import { DiskReserve } from './disk-reserve';
import { Group } from './write-group';
import { JournalRefusal } from './journal-refusal';
import { PlaceWatch } from './place-watch';
import { SegmentWriter } from './segment-writer';
import { encodeRecord } from './journal-record';

const SEGMENT_BYTES = 32 * 1024 * 1024;
const SEGMENT_SUFFIX = '.journal';
const OFFSET_SUFFIX = '.drained';
/** How much a loss of power may take with it, and how often a disk that failed is tried again. */
const SYNC_EVERY_MS = 200;

/** A file of the journal. */
export interface Segment {
  /** The instance that wrote it. */
  instanceId: string;
  path: string;
}

/**
 * The local, append-only record of every attempt of a call. A line is in the kernel's hands before what it says happens, so killing the process loses nothing; with `JOURNAL_FSYNC=always` it is on the disk. The drain brings the lines
 * into the database and removes the files. A full or broken disk refuses new calls, and the ends of calls that run are kept
 * until they can be written.
 */
@Injectable()
export class Journal implements OnApplicationShutdown {
  /** This life of the process, as an owner. */
  readonly owner: Owner = { kind: 'instance', id: newId('instance') };
  private readonly logger = new Logger(Journal.name);
  private readonly directory: string;
  private readonly reserve: DiskReserve;
  private readonly active: { segment: Segment; writer: SegmentWriter }[] = [];
  private number = 0;
  private openings = new Group();
  private endings = new Group();
  /** Ends of calls that the disk did not take; they go first as soon as it does. */
  private unwritten = '';
  private scheduled = false;
  private failing = false;
  private readonly place: PlaceWatch;
  private readonly upkeep: NodeJS.Timeout;

  constructor(
    dataDirectory: DataDirectory,
    private readonly config: GatewayConfig,
  ) {
    this.directory = dataDirectory.resolve('journal');
    this.reserve = new DiskReserve(dataDirectory.resolve('journal.reserve'));
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    this.place = new PlaceWatch(dataDirectory.path, config.databaseUrl ? undefined : dataDirectory.resolve('database'));
    this.openSegment();
    this.tryReserve();
    this.upkeep = setInterval(() => this.lookAfter(), SYNC_EVERY_MS);
    this.upkeep.unref();
  }

  get instanceId(): string {
    return this.owner.id;
  }

  /** Whether the data directory, or a part of it, was deleted or moved: then nothing that is written is kept. */
  get isLost(): boolean {
    return this.place.isLost;
  }

  /**
   * Writes the line that begins an attempt or stands for a whole call. Lines that come in one turn of the event loop go to the
   * kernel together.
   *
   * @returns a promise that is kept once the line is safe
   * @throws GatewayError `unavailable` when the disk does not take it, or the database has been away for so long that
   *   `JOURNAL_MAX_MB` is full; then nothing may be acknowledged
   */
  append(key: string, json: string): Promise<void> {
    if (this.failing || this.isLost || this.undrainedBytes() >= this.config.journal.maxBytes)
      return Promise.reject(new JournalRefusal(undefined, false));
    this.schedule();
    return this.openings.add(encodeRecord(key, json));
  }

  /**
   * Writes the line that ends an attempt. It is written even where new ones are refused, later if it must be.
   *
   * @throws GatewayError `unavailable` when it cannot be written now
   */
  end(key: string, json: string): Promise<void> {
    this.schedule();
    return this.endings.add(encodeRecord(key, json));
  }

  onApplicationShutdown(): void {
    clearInterval(this.upkeep);
    this.reserve.release();
  }

  /** The segments of this instance, oldest first; the last one is being written. */
  segments(): Segment[] {
    return this.active.map(({ segment }) => segment);
  }

  /** The segments that stopped instances left in this data directory, oldest first. */
  leftovers(): Segment[] {
    return readdirSync(this.directory)
      .filter((name) => name.endsWith(SEGMENT_SUFFIX))
      .map((name) => ({
        instanceId: name.slice(0, name.lastIndexOf('.', name.length - SEGMENT_SUFFIX.length - 1)),
        path: join(this.directory, name),
      }))
      .filter(({ instanceId }) => instanceId !== this.instanceId)
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** How many bytes of a segment are in the database already. */
  drainedBytes(segment: Segment): number {
    const path = segment.path + OFFSET_SUFFIX;
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) || 0 : 0;
  }

  /** How many bytes the database has not taken yet, whole segments at a time. */
  undrainedBytes(): number {
    let bytes = 0;
    for (const { writer } of this.active) bytes += writer.length;
    return bytes;
  }

  /** Removes a segment that is wholly in the database. */
  remove(segment: Segment): void {
    const index = this.active.findIndex((each) => each.segment.path === segment.path);
    if (index >= 0) for (const { writer } of this.active.splice(index, 1)) writer.close();
    rmSync(segment.path, { force: true });
    rmSync(segment.path + OFFSET_SUFFIX, { force: true });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.writePending());
  }

  private writePending(): void {
    this.scheduled = false;
    const { openings, endings } = this;
    this.openings = new Group();
    this.endings = new Group();
    try {
      this.write(this.unwritten + endings.lines + openings.lines);
      this.unwritten = '';
      this.keep(openings, endings);
    } catch (error) {
      openings.refuse(this.report(error, this.active.at(-1)?.writer.torn));
      if (this.unwritten + endings.lines !== '') this.writeEndings(endings);
    }
  }

  /** The disk does not take everything: the reserve is released for what was already paid for. */
  private writeEndings(endings: Group): void {
    this.reserve.release();
    try {
      this.write(this.unwritten + endings.lines);
      this.unwritten = '';
      this.keep(endings);
    } catch (error) {
      this.unwritten += endings.lines;
      endings.refuse(this.report(error));
    }
  }

  /** @throws when the disk does not take all of it */
  private write(lines: string): void {
    const writer = this.active.at(-1)?.writer;
    if (!writer) throw new Error('the journal is closed');
    writer.write(lines);
    if (writer.bytes >= SEGMENT_BYTES) this.rotate(writer);
  }

  /** Keeps the promises of groups, once the disk has them where that is asked for. */
  private keep(...groups: Group[]): void {
    if (this.config.journal.fsync === 'interval') {
      for (const group of groups) group.keep();
      return;
    }
    const synced = Promise.all(this.active.map(({ writer }) => writer.sync()));
    synced.then(
      () => groups.forEach((group) => group.keep()),
      (error: unknown) => groups.forEach((group) => group.refuse(this.report(error, true))),
    );
  }

  /** Has the disk keep what the kernel has, and tries again what it did not take. */
  private lookAfter(): void {
    this.place.look(this.active.at(-1)?.writer);
    if (this.failing) this.tryAgain();
    for (const { writer } of this.active) writer.sync().catch((error: unknown) => this.report(error));
  }

  private tryAgain(): void {
    try {
      // An empty line says nothing, but tells whether the disk takes lines.
      this.write(this.unwritten === '' ? '\n' : this.unwritten);
      this.unwritten = '';
      this.reserve.make();
      this.failing = false;
      this.logger.log('the journal can be written again');
    } catch (error) {
      this.logger.debug({ err: error }, 'the journal still cannot be written');
    }
  }

  private tryReserve(): void {
    try {
      this.reserve.make();
    } catch (error) {
      this.report(error);
    }
  }

  /** The lines are kept: where no new file can be made, the old one takes as much again. */
  private rotate(writer: SegmentWriter): void {
    try {
      this.openSegment();
    } catch (error) {
      writer.takeMore();
      this.logger.warn({ err: error }, 'no new segment of the journal can be made; the old one grows');
    }
  }

  private openSegment(): void {
    this.number += 1;
    const name = `${this.instanceId}.${String(this.number).padStart(6, '0')}${SEGMENT_SUFFIX}`;
    const path = join(this.directory, name);
    this.active.push({ segment: { instanceId: this.instanceId, path }, writer: new SegmentWriter(path) });
  }

  /** @param mayBeWritten whether the lines are in the file, or may be, without a promise that they stay there */
  private report(error: unknown, mayBeWritten = false): JournalRefusal {
    if (!this.failing)
      this.logger.error({ err: error }, 'the journal cannot be written; new calls are refused until it can');
    this.failing = true;
    return new JournalRefusal(error, mayBeWritten);
  }
}
