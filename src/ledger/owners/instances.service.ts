import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Database } from '../../database/database.connection';
import { Journal } from '../journal/journal.service';
import { OwnersRepository } from './owners.repository';
import { RecoveryService } from './recovery.service';

const BEAT_EVERY_MS = 5_000;
/**
 * An instance that was not seen for so long is taken for dead with its disk. Long, because one that starts again ends its own
 * attempts with all that its journal knows.
 */
const DEAD_AFTER_SECONDS = 15 * 60;
const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** Tells the other instances that this one lives, and ends those that do not live any more. */
@Injectable()
export class InstancesService implements OnApplicationBootstrap {
  private readonly logger = new Logger(InstancesService.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private seenAt: number;
  private confirming: Promise<void> | undefined;
  private aliveSince: number | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly journal: Journal,
    private readonly owners: OwnersRepository,
    private readonly recovery: RecoveryService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.seenAt = clock.now();
  }

  /** Whether others may take this instance for dead soon: for ten minutes it could not tell them that it lives. */
  get isForgotten(): boolean {
    return this.clock.now() - this.seenAt > FORGOTTEN_AFTER_MS;
  }

  /**
   * Tells the others at once. The clock may have been set ahead, or this process was suspended: then `isForgotten` is true
   * although the database is there.
   *
   * @param timeoutMs how long to wait for it
   */
  async confirm(timeoutMs: number): Promise<void> {
    this.confirming ??= this.turn().finally(() => (this.confirming = undefined));
    await Promise.race([this.confirming, delay(timeoutMs, undefined, { ref: false })]);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.turn(), BEAT_EVERY_MS);
    this.timer.unref();
    void this.turn();
    this.database.beforeClose(async () => {
      clearInterval(this.timer);
      await this.running;
    });
  }

  /** Registers what to do when this instance was taken for dead, and others may have what it had. */
  onDeclaredDead(listener: () => void): void {
    this.listeners.push(listener);
  }

  private onReturn(): void {
    this.logger.warn('this process was taken for dead while it could not reach the database; its calls are corrected');
    for (const listener of this.listeners) listener();
  }

  private turn(): Promise<void> {
    return (this.running = this.running.then(() =>
      this.beat().catch((error: unknown) =>
        this.logger.debug({ err: error }, 'the heartbeat of this process did not reach the database'),
      ),
    ));
  }

  private async beat(): Promise<void> {
    const now = this.clock.now();
    const aliveSince = await this.owners.beat(this.journal.instanceId);
    this.seenAt = now;
    if (this.aliveSince !== undefined && this.aliveSince !== aliveSince) this.onReturn();
    this.aliveSince = aliveSince;
    for (const owner of await this.owners.abandoned(DEAD_AFTER_SECONDS)) {
      const calls = await this.recovery.reclaimAll(owner, true);
      this.logger.warn({ owner, calls }, 'a process was not seen for 15 minutes; its calls have an unknown end');
    }
  }
}
