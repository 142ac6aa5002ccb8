import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { GatewayConfig } from '../../config/gateway-config';
import { BatchFinisher } from '../output/batch-finisher.service';
import type { ClaimedLine } from './line-result';
import { LineRunner } from './line-runner.service';
import { LinesRepository } from './lines.repository';
import { ResultWriter } from './result-writer.service';
import { Slots } from './slots';

const RENEW_EVERY_MS = 10_000;
const ABORT_TIMEOUT_MS = 2_000;

/** Runs lines, of all batches together no more at once than BATCH_CONCURRENCY. */
@Injectable()
export class BatchWorker {
  private readonly logger = new Logger(BatchWorker.name);
  private readonly slots: Slots;
  /** Aborted when running lines are called off, all of them at once. */
  private readonly calledOff = new AbortController();
  private readonly held = new Set<ClaimedLine>();
  private readonly tasks = new Set<Promise<void>>();
  private readonly renewal = setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();

  constructor(
    config: GatewayConfig,
    private readonly lines: LinesRepository,
    private readonly runner: LineRunner,
    private readonly results: ResultWriter,
    private readonly finisher: BatchFinisher,
  ) {
    this.slots = new Slots(config.batch.concurrency);
    // Each running line listens, and Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.calledOff.signal);
  }

  /**
   * Waits for free slots and starts as many of the batch's open lines; where there are none left, ends the batch.
   *
   * @returns whether the batch may have more open lines
   */
  async work(batchId: string): Promise<boolean> {
    const free = await this.slots.take();
    if (free === 0) return false;
    let claimed: ClaimedLine[] = [];
    try {
      claimed = await this.lines.claim(batchId, free);
    } finally {
      this.slots.give(free - claimed.length);
    }
    for (const line of claimed) this.start(line);
    if (claimed.length === 0 && !this.holdsLinesOf(batchId)) await this.finisher.finish(batchId);
    return claimed.length > 0;
  }

  /** Starts no more lines. */
  stop(): void {
    this.slots.close();
  }

  /** Lets running lines end; those that do not in time are called off and given back. */
  async drain(timeoutMs: number): Promise<void> {
    this.stop();
    await this.untilIdle(timeoutMs);
    this.results.stop();
    this.calledOff.abort();
    await this.untilIdle(ABORT_TIMEOUT_MS);
    clearInterval(this.renewal);
    if (this.held.size > 0) await this.giveBack([...this.held]);
  }

  private start(line: ClaimedLine): void {
    this.held.add(line);
    const task = this.run(line).finally(() => this.tasks.delete(task));
    this.tasks.add(task);
  }

  private async run(line: ClaimedLine): Promise<void> {
    const result = await this.runner.run(line, this.calledOff.signal);
    this.slots.give(1);
    if (result && 'state' in result) await this.results.add(result);
    else await this.giveBack([line], result?.notBefore);
    this.held.delete(line);
    if (!this.holdsLinesOf(line.batchId)) await this.finisher.finish(line.batchId);
  }

  private holdsLinesOf(batchId: string): boolean {
    return [...this.held].some((line) => line.batchId === batchId);
  }

  /** Lines that cannot be given back are taken up again when their lease is over. */
  private async giveBack(lines: ClaimedLine[], notBefore?: Date): Promise<void> {
    await this.lines
      .giveBack(lines, notBefore)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'lines were not given back'));
  }

  private async renew(): Promise<void> {
    if (this.held.size === 0) return;
    await this.lines
      .renew([...this.held])
      .catch((error: unknown) => this.logger.warn({ err: error }, 'leases of lines could not be renewed'));
  }

  private async untilIdle(timeoutMs: number): Promise<void> {
    const timeout = new AbortController();
    const over = delay(timeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined);
    while (this.tasks.size > 0) {
      const idle = Promise.all(this.tasks).then(() => 'idle');
      if ((await Promise.race([idle, over])) !== 'idle') break;
    }
    timeout.abort();
  }
}
