import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { LineResult } from './line-result';
import { LinesRepository } from './lines.repository';

const GROUP_SIZE = 100;
const GROUP_MS = 50;
const RETRY_MS = 1_000;

interface Group {
  results: LineResult[];
  onWritten: (() => void)[];
  timer: NodeJS.Timeout;
}

/** Writes the results of lines in groups. While the database is away they wait here. */
@Injectable()
export class ResultWriter {
  private readonly logger = new Logger(ResultWriter.name);
  private readonly groups = new Map<string, Group>();
  private givesUp = false;

  constructor(private readonly lines: LinesRepository) {}

  /** Resolves when the result is written, or is not ours to write any more. Never rejects. */
  add(result: LineResult): Promise<void> {
    const { batchId } = result.line;
    const group = this.groups.get(batchId) ?? this.begin(batchId);
    group.results.push(result);
    const written = new Promise<void>((resolve) => group.onWritten.push(resolve));
    if (group.results.length >= GROUP_SIZE) void this.flush(batchId, group);
    return written;
  }

  /** Tries no further to write what cannot be written: the process ends, and the lines will be run again. */
  stop(): void {
    this.givesUp = true;
  }

  private begin(batchId: string): Group {
    const timer = setTimeout(() => void this.flush(batchId, group), GROUP_MS);
    const group: Group = { results: [], onWritten: [], timer };
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
    for (let failed = false; !(failed && this.givesUp); failed = true) {
      if (failed) await delay(RETRY_MS);
      try {
        const written = await this.lines.record(batchId, results);
        const dropped = results.length - written;
        if (dropped > 0) this.logger.warn({ batchId, dropped }, 'results came after the lease of their lines');
        return;
      } catch (error) {
        if (!failed) this.logger.error({ batchId, err: error }, 'results could not be written; trying on');
      }
    }
  }
}
