import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { GatewayConfig } from '../../config/gateway-config';
import { FilesRepository } from '../files/files.repository';
import { BatchQueue } from '../queue/batch-queue';
import { BatchWorker } from './batch-worker.service';
import { LinesRepository } from './lines.repository';

/** Kept of the drain time for what comes after the lines: their results, and giving back those that did not end. */
const DRAIN_RESERVE_MS = 5_000;
const HOUSEKEEPING_EVERY_MS = 3_600_000;

/** Brings batches to the worker: new ones as they are announced, and any other by looking through the tables. */
@Injectable()
export class BatchDispatcher implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(BatchDispatcher.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = false;
  private stoppedAt = 0;
  private housekeepingAt = 0;

  constructor(
    private readonly config: GatewayConfig,
    private readonly queue: BatchQueue,
    private readonly worker: BatchWorker,
    private readonly lines: LinesRepository,
    private readonly files: FilesRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // The embedded database belongs to one process: what runs in it was left by one that is dead.
    if (!this.config.databaseUrl) await this.lines.takeFromTheDead();
    this.queue.start((batchId) => this.worker.work(batchId));
    this.sweepLater(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.stoppedAt = performance.now();
    clearTimeout(this.timer);
    this.worker.stop();
    await this.queue.stop();
    await this.sweeping;
  }

  /** Runs after the last HTTP call has ended, so that calls and lines drain side by side. */
  async onApplicationShutdown(): Promise<void> {
    const { drainTimeoutMs } = this.config;
    const patienceMs = Math.max(drainTimeoutMs - DRAIN_RESERVE_MS, drainTimeoutMs / 2);
    await this.worker.drain(Math.max(patienceMs - (performance.now() - this.stoppedAt), 0));
  }

  private sweepLater(afterMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep()
        .catch((error: unknown) => this.logger.warn({ err: error }, 'batches could not be looked through'))
        .finally(() => this.sweepLater(this.queue.sweepEveryMs));
    }, afterMs);
  }

  private async sweep(): Promise<void> {
    await this.lines.closeUnstarted();
    for (const { id, lines } of await this.lines.batchesToWorkOn()) this.queue.announce(id, lines);
    if (performance.now() < this.housekeepingAt) return;
    await this.files.discardAbandoned();
    this.housekeepingAt = performance.now() + HOUSEKEEPING_EVERY_MS;
  }
}
