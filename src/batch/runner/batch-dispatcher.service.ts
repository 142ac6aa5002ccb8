import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { GatewayConfig } from '../../config/gateway-config';
import { FilesRepository } from '../files/files.repository';
import { NewBatchesRepository } from '../new-batches.repository';
import { BatchPlanner } from '../plan/batch-planner.service';
import { type AnnouncedBatch, BatchQueue } from '../queue/batch-queue';
import { TeamTurns } from '../queue/team-turns';
import { BatchWorker } from './batch-worker.service';
import { LinesRepository } from '../lines/lines.repository';

/** Part of the drain time for the work after the lines: writing results, and releasing lines that did not end. */
const DRAIN_RESERVE_MS = 5_000;
const HOUSEKEEPING_EVERY_MS = 3_600_000;

/**
 * Has batches planned, and passes them to the worker: new ones when they are announced, all others by sweeping the tables. The
 * plan of a large batch takes its time; lines of other batches run meanwhile.
 */
@Injectable()
export class BatchDispatcher implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(BatchDispatcher.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = false;
  private stoppedAt = 0;
  private housekeepingAt = 0;
  private readonly plans = new TeamTurns((batch) => this.plan(batch));

  constructor(
    private readonly config: GatewayConfig,
    private readonly queue: BatchQueue,
    private readonly planner: BatchPlanner,
    private readonly worker: BatchWorker,
    private readonly lines: LinesRepository,
    private readonly files: FilesRepository,
    private readonly newBatches: NewBatchesRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // The embedded database has one process, so running lines belong to a dead one.
    if (!this.config.databaseUrl) await this.lines.reclaimAll();
    this.queue.start(
      (batch) => this.work(batch),
      (teamId) => this.worker.leave(teamId),
    );
    this.sweepLater(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.stoppedAt = performance.now();
    clearTimeout(this.timer);
    this.plans.stop();
    this.worker.stop();
    await this.queue.stop();
    await this.sweeping;
  }

  /** Runs after the last HTTP call has ended; the lines drain at the same time as the calls. */
  async onApplicationShutdown(): Promise<void> {
    const { drainTimeoutMs } = this.config;
    const lineDrainMs = Math.max(drainTimeoutMs - DRAIN_RESERVE_MS, drainTimeoutMs / 2);
    await this.worker.drain(Math.max(lineDrainMs - (performance.now() - this.stoppedAt), 0));
  }

  private async work(batch: AnnouncedBatch): Promise<boolean> {
    if (await this.planner.isPlanned(batch.id)) return this.worker.work(batch);
    this.plans.add(batch);
    return false;
  }

  private async plan(batch: AnnouncedBatch): Promise<boolean> {
    if (await this.planner.plan(batch.id)) this.queue.announce(batch);
    return false;
  }

  private sweepLater(afterMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep()
        .catch((error: unknown) => this.logger.warn({ err: error }, 'the sweep of batches failed'))
        .finally(() => this.sweepLater(this.queue.sweepEveryMs));
    }, afterMs);
  }

  private async sweep(): Promise<void> {
    await this.lines.closeUnstarted();
    for (const batch of await this.lines.batchesToWorkOn()) this.queue.announce(batch);
    if (performance.now() < this.housekeepingAt) return;
    await this.newBatches.removeAbandoned();
    await this.files.deleteOutdated();
    this.housekeepingAt = performance.now() + HOUSEKEEPING_EVERY_MS;
  }
}
