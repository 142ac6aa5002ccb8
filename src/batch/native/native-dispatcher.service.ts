import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { GatewayConfig } from '../../config/gateway-config';
import { BatchQueue } from '../queue/batch-queue';
import { NativeRunner } from './native-runner.service';
import { type LeasedShard, ShardLostError, ShardsRepository } from './shards.repository';

const LONGEST_TICK_MS = 1_000;
const SHARDS_AT_ONCE = 4;
const RENEW_EVERY_MS = 5_000;
const RETRY_MS = 10_000;
/** How long a shutdown waits for what is sent or read. What it cuts off is taken up again from the tables. */
const STOP_MS = 5_000;

/** Looks for shards that are due. Every instance does; a lease in the table says whose each one is. */
@Injectable()
export class NativeDispatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(NativeDispatcher.name);
  /** The work that goes on, with its team. */
  private readonly running = new Map<Promise<void>, string>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly config: GatewayConfig,
    private readonly shards: ShardsRepository,
    private readonly runner: NativeRunner,
    private readonly queue: BatchQueue,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // The embedded database has one process, so leases belong to a dead one.
    if (!this.config.databaseUrl) await this.shards.reclaimAll();
    this.tickLater(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.race([Promise.all(this.running.keys()), delay(STOP_MS, undefined, { ref: false })]);
  }

  private tickLater(ms: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.tick()
        .catch((error: unknown) => this.logger.warn({ err: error }, 'shards that are due could not be read'))
        .finally(() => this.tickLater(Math.min(LONGEST_TICK_MS, this.config.batch.pollIntervalMs)));
    }, ms);
  }

  private async tick(): Promise<void> {
    while (this.running.size < SHARDS_AT_ONCE && !this.stopped) {
      const shard = await this.shards.claimDue([...this.running.values()]);
      if (!shard) return;
      const work = this.work(shard).finally(() => this.running.delete(work));
      this.running.set(work, shard.teamId);
    }
  }

  private async work(shard: LeasedShard): Promise<void> {
    const renewal = setInterval(() => void this.shards.renew(shard).catch(() => undefined), RENEW_EVERY_MS);
    try {
      await this.runner.work(shard);
      // Lines may run as live calls now, or all have ended.
      this.queue.announce({ id: shard.batch_id, teamId: shard.teamId, lines: shard.lines });
    } catch (error) {
      if (error instanceof ShardLostError) return;
      this.logger.error({ shardId: shard.id, err: error }, 'work on a batch at a vendor failed; retrying');
      await this.shards.release(shard, new Date(Date.now() + RETRY_MS)).catch(() => undefined);
    } finally {
      clearInterval(renewal);
    }
  }
}
