import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { LineResult } from '../lines/line-result';
import { PAGE_BYTES } from '../lines/line-bodies.repository';
import { LinesRepository } from '../lines/lines.repository';

const GROUP_SIZE = 100;
const GROUP_MS = 50;
const RETRY_MS = 1_000;

interface Group {
  results: LineResult[];
  /** Of the results' bodies, in UTF-16 units. */
  length: number;
  onWritten: (() => void)[];
  timer: NodeJS.Timeout;
}

/** Writes results in groups. While the database is away they wait in memory. */
@Injectable()
export class ResultWriter {
  private readonly logger = new Logger(ResultWriter.name);
  private readonly groups = new Map<string, Group>();
  private stopped = false;

  constructor(private readonly lines: LinesRepository) {}

  /** Resolves when the result is written, or its lease has expired. Never rejects. */
  add(result: LineResult): Promise<void> {
    const { batchId } = result.line;
    const group = this.groups.get(batchId) ?? this.begin(batchId);
    group.results.push(result);
    group.length += result.body.length;
    const written = new Promise<void>((resolve) => group.onWritten.push(resolve));
    if (group.results.length >= GROUP_SIZE || group.length >= PAGE_BYTES) void this.flush(batchId, group);
    return written;
  }

  /** Stops retrying failed writes: the process ends, and other processes run the lines again. */
  stop(): void {
    this.stopped = true;
  }

  private begin(batchId: string): Group {
    const timer = setTimeout(() => void this.flush(batchId, group), GROUP_MS);
    const group: Group = { results: [], length: 0, onWritten: [], timer };
    this.groups.set(batchId, group);
    return group;
  }

  private async flush(batchId: string, { results, onWritten, timer }: Group): Promise<void> {
    clearTimeout(timer);
    this.groups.delete(batchId);
    await this.write(batchId, results);
    for (const resolve of onWritten) resolve();
  }

  private async write(batchId: string, results: LineResult[]): Promise<void> {
    for (let failed = false; !(failed && this.stopped); failed = true) {
      if (failed) await delay(RETRY_MS);
      try {
        const written = await this.lines.record(batchId, results);
        const dropped = results.length - written;
        if (dropped > 0)
          this.logger.warn({ batchId, dropped }, 'results were dropped: the leases of their lines had expired');
        return;
      } catch (error) {
        if (!failed) this.logger.error({ batchId, err: error }, 'results could not be written; retrying');
      }
    }
  }
}
