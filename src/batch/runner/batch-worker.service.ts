import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Turns } from '../../common/runtime/turns';
import { GatewayConfig } from '../../config/gateway-config';
import { BatchFinisher } from '../output/batch-finisher.service';
import type { ClaimedLine } from '../lines/line-result';
import type { AnnouncedBatch } from '../queue/batch-queue';
import { LineRunner } from './line-runner.service';
import { LinesRepository } from '../lines/lines.repository';
import { ResultWriter } from './result-writer.service';
import { Slots } from './slots';
import { TwinsService } from '../lines/twins.service';

const RENEW_EVERY_MS = 10_000;
const ABORT_TIMEOUT_MS = 2_000;
/** How long no line of a batch is started after one that waits for its budget. */
const BATCH_PAUSE_MS = 2_000;

/** Runs lines of planned batches: at most BATCH_CONCURRENCY at once, over all batches, in shares by team. */
@Injectable()
export class BatchWorker {
  private readonly logger = new Logger(BatchWorker.name);
  private readonly slots: Slots;
  /** Aborts all running lines at once. */
  private readonly abortLines = new AbortController();
  private readonly held = new Set<ClaimedLine>();
  /** When the next line of a batch may start whose budget has no room; a moment of `performance.now()`. */
  private readonly pausedUntil = new Map<string, number>();
  private readonly tasks = new Set<Promise<void>>();
  private readonly turns = new Turns();
  private readonly renewal = setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();

  constructor(
    config: GatewayConfig,
    private readonly lines: LinesRepository,
    private readonly runner: LineRunner,
    private readonly results: ResultWriter,
    private readonly finisher: BatchFinisher,
    private readonly twins: TwinsService,
  ) {
    this.slots = new Slots(config.batch.concurrency);
    // Each running line adds a listener; Node warns of a leak above ten.
    setMaxListeners(0, this.abortLines.signal);
  }

  /**
   * Waits for slots of its team and starts as many open lines of the batch; ends the batch if no line is open.
   *
   * @returns whether the batch may have more open lines
   */
  async work({ id: batchId, teamId }: Pick<AnnouncedBatch, 'id' | 'teamId'>): Promise<boolean> {
    if (this.isPaused(batchId)) return false;
    const free = await this.slots.take(teamId);
    if (free === 0) return false;
    let claimed: ClaimedLine[] = [];
    try {
      claimed = await this.lines.claim(batchId, free);
    } finally {
      this.slots.give(teamId, free - claimed.length);
    }
    for (const line of claimed) void this.start(line);
    if (claimed.length > 0 || (await this.runInterrupted(batchId, teamId))) return true;
    if (!this.holdsLinesOf(batchId)) await this.finish(batchId);
    return false;
  }

  /**
   * Runs a line that was running when its process died. Alone: if it is what ends processes, it ends no other line with it.
   *
   * @returns whether there was one
   */
  private async runInterrupted(batchId: string, teamId: string): Promise<boolean> {
    if (!(await this.lines.hasInterrupted(batchId))) return false;
    const all = await this.slots.takeAll(teamId);
    if (all === 0) return false;
    try {
      const [line] = await this.lines.claimInterrupted(batchId);
      if (line) await this.start(line, 0);
      return line !== undefined;
    } finally {
      this.slots.give(teamId, all);
    }
  }

  /** The team has no batch to work on now: its share of the slots is for others. */
  leave(teamId: string): void {
    this.slots.leave(teamId);
  }

  /** Starts no more lines. */
  stop(): void {
    this.slots.close();
  }

  /** Waits for running lines; aborts and releases those that do not end within `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.stop();
    await this.untilIdle(timeoutMs);
    this.results.stop();
    this.abortLines.abort();
    await this.untilIdle(ABORT_TIMEOUT_MS);
    clearInterval(this.renewal);
    if (this.held.size > 0) await this.giveBack([...this.held]);
  }

  /** @param slots how many it gives back at its end */
  private start(line: ClaimedLine, slots = 1): Promise<void> {
    this.held.add(line);
    const task = this.run(line, slots).finally(() => this.tasks.delete(task));
    this.tasks.add(task);
    return task;
  }

  private async run(line: ClaimedLine, slots: number): Promise<void> {
    let kept = slots;
    // A line that must run alone keeps all slots to its end.
    const giveSlot = () => {
      if (slots === 1) this.slots.give(line.teamId, kept);
      if (slots === 1) kept = 0;
    };
    // Of lines that start together each is read in a turn of its own.
    await this.turns.next();
    const { signal } = this.abortLines;
    const result = signal.aborted ? undefined : await this.runner.run(line, signal, giveSlot);
    this.slots.give(line.teamId, kept);
    if (result && 'state' in result) await this.results.add(result);
    else await this.giveBack([line], result?.notBefore);
    if (result && 'forBatch' in result && result.forBatch)
      this.pausedUntil.set(line.batchId, performance.now() + BATCH_PAUSE_MS);
    this.held.delete(line);
    if (!this.holdsLinesOf(line.batchId)) await this.finish(line.batchId);
  }

  /** Ends lines whose equal has ended, and the batch if none is open. */
  private async finish(batchId: string): Promise<void> {
    await this.twins
      .settle(batchId)
      .catch((error: unknown) => this.logger.warn({ batchId, err: error }, 'equal lines could not be ended; retrying'));
    await this.finisher.finish(batchId);
  }

  private isPaused(batchId: string): boolean {
    const until = this.pausedUntil.get(batchId);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.pausedUntil.delete(batchId);
    return false;
  }

  private holdsLinesOf(batchId: string): boolean {
    return [...this.held].some((line) => line.batchId === batchId);
  }

  /** Lines that cannot be released are claimed again when their lease expires. */
  private async giveBack(lines: ClaimedLine[], notBefore?: Date): Promise<void> {
    await this.lines
      .giveBack(lines, notBefore)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'lines could not be released'));
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
