import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../database/database.connection';
import { DrainPace } from './drain-pace';
import { Journal, type Segment } from '../journal/journal.service';
import type { JournalRecord } from '../journal/journal-record';
import { LedgerRepository } from '../ledger.repository';
import { RefusalsService } from '../refusals/refusals.service';
import { OwnersRepository } from '../owners/owners.repository';
import { RecoveryService } from '../owners/recovery.service';
import { openAttempts } from './open-attempts';
import { RowWriter } from './row-writer.service';
import { SegmentReader } from '../journal/segment-reader';

/** What a database elsewhere has not taken would be lost with this disk. */
const DRAIN_EVERY_MS = 100;
/** The embedded database lies on the same disk, and each turn costs it 20 ms of the calls' core, however few rows there are. */
const DRAIN_EMBEDDED_EVERY_MS = 500;
/**
 * How much of a burst of calls may wait for the embedded database, which takes its time from them. Some 100,000 calls: on one
 * core they were in the database some eight seconds after the burst.
 */
const BURST_BYTES = 128 * 1024 * 1024;
const RETRY_MS = 1_000;
const STUCK_AFTER_MS = 10_000;
const FLUSH_TIMEOUT_MS = 2_000;
const SHUTDOWN_TIMEOUT_MS = 10_000;

/**
 * Brings the journal into the database, in bulk and in order, and ends the attempts that earlier instances on this data
 * directory left open. The database may be away meanwhile; the journal waits.
 */
@Injectable()
export class LedgerDrain implements OnApplicationBootstrap {
  private readonly logger = new Logger(LedgerDrain.name);
  private reader: SegmentReader | undefined;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private awaySince: number | undefined;
  private drainedTo = Date.now();
  private readonly pace = new DrainPace(() => this.mayWait());
  private recovered = false;
  private retried = false;
  private finished = false;

  constructor(
    private readonly journal: Journal,
    private readonly repository: LedgerRepository,
    private readonly database: Database,
    private readonly owners: OwnersRepository,
    private readonly writer: RowWriter,
    private readonly recovery: RecoveryService,
    private readonly refusals: RefusalsService,
  ) {}

  /** How the ledger stands: without its data directory, behind the journal for ten seconds and more, or without rows that the database refused. */
  get state(): 'ok' | 'lost' | 'stuck' | 'refused' {
    if (this.journal.isLost) return 'lost';
    if (this.awaySince !== undefined && performance.now() - this.awaySince >= STUCK_AFTER_MS) return 'stuck';
    return this.refusals.count > 0 ? 'refused' : 'ok';
  }

  /** Up to when the database has this instance's rows, in milliseconds since 1970. */
  get drainedToMs(): number {
    return this.drainedTo;
  }

  onApplicationBootstrap(): void {
    this.database.beforeClose(() => this.finish());
    this.schedule(0);
  }

  /** Brings what is in the journal now into the database, for two seconds at most. For reports that show the last calls. */
  async flush(): Promise<void> {
    await this.drainWithin(FLUSH_TIMEOUT_MS);
  }

  private drainWithin(timeoutMs: number): Promise<void> {
    return this.pace.hurry(() => Promise.race([this.drainAll(), delay(timeoutMs, undefined, { ref: false })]));
  }

  /** What a database elsewhere has not taken would be lost with this disk, so only the embedded one may be kept waiting. */
  private mayWait(): boolean {
    return this.recovered && this.database.isEmbedded && this.journal.undrainedBytes() < BURST_BYTES;
  }

  private schedule(afterMs: number): void {
    if (this.finished) return;
    clearTimeout(this.timer);
    const everyMs = this.database.isEmbedded ? DRAIN_EMBEDDED_EVERY_MS : DRAIN_EVERY_MS;
    this.timer = setTimeout(
      () => void this.drainAll().then(() => this.schedule(this.awaySince !== undefined ? RETRY_MS : everyMs)),
      afterMs,
    );
  }

  /** A run that was going on when asked may have read the journal before the last line came, so it is followed by another. */
  private async drainAll(): Promise<void> {
    if (this.running) await this.running;
    const startedAt = Date.now();
    this.running ??= this.drainOnce()
      .then(() => {
        this.drainedTo = startedAt;
        this.setAway(undefined);
      })
      .catch((error: unknown) => this.setAway(error))
      .finally(() => (this.running = undefined));
    await this.running;
  }

  private async drainOnce(): Promise<void> {
    if (!this.recovered) await this.recover();
    this.recovered = true;
    if (!this.retried) await this.refusals.retry();
    this.retried = true;
    for (;;) {
      const [segment, ...newer] = this.journal.segments();
      if (!segment) return;
      this.reader ??= new SegmentReader(segment, 0);
      if (newer.length > 0) this.reader.tail = 'closed';
      else if (this.finished) this.reader.tail = 'stopped';
      await this.drainSegment(this.reader);
      if (newer.length === 0) return;
      this.release(segment);
    }
  }

  /**
   * A segment that grows is drained up to where it ends now: each statement costs the database the same, however few rows it
   * has, so lines that come meanwhile wait for the next run.
   */
  private async drainSegment(reader: SegmentReader): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      const written = this.writeNext(reader);
      if (written === undefined) return;
      reader.commit(await written);
      await this.pace.rest(performance.now() - startedAt);
      if (reader.tail === 'growing' && !reader.hasMore) return;
    }
  }

  /**
   * Writes the next rows together, or apart where that fails: a bad row must not hold up the others. Nothing holds on to the rows meanwhile, they are read again for that: hundreds of them would grow old while the database
   * works, and lie there until the next full collection.
   *
   * @returns the offset behind them when they are written; undefined where there are none
   */
  private writeNext(reader: SegmentReader): Promise<number> | undefined {
    const piece = reader.read();
    if (piece.end === undefined) return undefined;
    const damage = this.refusals.keepDamaged(reader.segment, piece);
    const written = this.writeRecords(reader, piece.records, piece.end);
    if (!damage) return written;
    return written.then(async (end) => {
      await this.refusals.reportDamage(damage);
      return end;
    });
  }

  private writeRecords(reader: SegmentReader, records: JournalRecord[], end: number): Promise<number> {
    if (records.length === 0) return Promise.resolve(end);
    return this.repository.write(lastOfEachKey(records).map(({ json }) => json)).then(
      () => end,
      async (error: unknown) => {
        const again = reader.read();
        await this.writer.writeApart(lastOfEachKey(again.records), error);
        return again.end ?? end;
      },
    );
  }

  /**
   * What stopped instances of this data directory left: first the attempts that they own and never ended get an end, whatever
   * else there is to bring. Then, instance by instance, every line is brought, what the instance held is free, and its files go.
   * So where one stops soon after the other, each of them gets further.
   */
  private async recover(): Promise<void> {
    const leftovers = this.journal.leftovers();
    const instances = [...new Set(leftovers.map(({ instanceId }) => instanceId))];
    if (instances.length > 0) await this.closeOpenAttempts(instances, leftovers);
    for (const instance of instances) {
      const segments = leftovers.filter(({ instanceId }) => instanceId === instance);
      for (const reader of this.readersOf(segments)) await this.drainSegment(reader).finally(() => reader.close());
      this.logUnknown([instance], await this.recovery.reclaimAll(instance));
      for (const segment of segments) this.journal.remove(segment);
    }
  }

  /** From where the database has them, each opened when it is its turn: there may be many. */
  private *readersOf(segments: Segment[]): Generator<SegmentReader, void, undefined> {
    const last = new Map(segments.map((segment) => [segment.instanceId, segment]));
    for (const segment of segments) {
      const tail = last.get(segment.instanceId) === segment ? 'stopped' : 'closed';
      yield new SegmentReader(segment, this.journal.drainedBytes(segment), tail);
    }
  }

  private async closeOpenAttempts(instances: string[], segments: Segment[]): Promise<void> {
    const open = await openAttempts(this.readersOf(segments), await this.owners.openKeys(instances));
    if (open.size === 0) return;
    const unwritten = [...open].flatMap(([key, json]) => (json === undefined ? [] : [{ key, json }]));
    if (unwritten.length > 0) {
      const records = lastOfEachKey(unwritten);
      await this.repository
        .write(records.map(({ json }) => json))
        .catch((error: unknown) => this.writer.writeApart(records, error));
    }
    this.logUnknown(instances, await this.recovery.closeAttempts(instances, [...open.keys()]));
  }

  private logUnknown(instances: string[], calls: number): void {
    if (calls === 0) return;
    this.logger.warn({ instances, calls }, 'calls of a stopped process have an unknown end and keep their estimate');
  }

  private async finish(): Promise<void> {
    this.finished = true;
    clearTimeout(this.timer);
    await this.drainWithin(SHUTDOWN_TIMEOUT_MS);
    if (this.awaySince !== undefined || this.running) return;
    for (const segment of this.journal.segments()) this.release(segment);
    await this.recovery.reclaimAll(this.journal.instanceId).catch((error: unknown) => this.setAway(error));
  }

  private release(segment: Segment): void {
    this.reader?.close();
    this.reader = undefined;
    this.journal.remove(segment);
  }

  private setAway(error: unknown): void {
    const wasAway = this.awaySince !== undefined;
    if (error === undefined) {
      if (wasAway) this.logger.log('the database takes the ledger again');
      this.awaySince = undefined;
    } else {
      if (!wasAway) this.logger.warn({ err: error }, 'the database does not take the ledger; the journal keeps it');
      this.awaySince ??= performance.now();
    }
  }
}

/** The last line of each key is the whole truth about it; in key order, so that two processes never wait for each other. */
function lastOfEachKey(records: JournalRecord[]): JournalRecord[] {
  const rows = new Map(records.map((record) => [record.key, record]));
  return [...rows.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1));
}
