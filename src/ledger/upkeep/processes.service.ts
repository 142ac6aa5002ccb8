import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Database } from '../../database/database.connection';
import { Journal } from '../journal/journal.service';
import { LedgerRepository } from '../ledger.repository';
import { RecoveryService } from './recovery.service';

const BEAT_EVERY_MS = 5_000;
/**
 * A process that was not seen for so long is taken for dead with its disk. Long, because one that starts again ends its own
 * calls with all that its journal knows.
 */
const DEAD_AFTER_SECONDS = 15 * 60;
const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** Says that this process lives, and ends the calls and leases of others that do not live any more. */
@Injectable()
export class ProcessesService implements OnApplicationBootstrap {
  private readonly logger = new Logger(ProcessesService.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private seenAt: number;
  private aliveSince: number | undefined;
  private readonly returned: (() => void)[] = [];

  constructor(
    private readonly journal: Journal,
    private readonly repository: LedgerRepository,
    private readonly recovery: RecoveryService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.seenAt = clock.now();
  }

  /** Whether others may take this process for dead soon: it could not tell them for ten minutes that it lives. */
  get isForgotten(): boolean {
    return this.clock.now() - this.seenAt > FORGOTTEN_AFTER_MS;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.turn(), BEAT_EVERY_MS);
    this.timer.unref();
    this.turn();
    this.database.beforeClose(async () => {
      clearInterval(this.timer);
      await this.running;
    });
  }

  /** Registers what to do when this process was taken for dead, and others may have what it had. */
  onDeclaredDead(listener: () => void): void {
    this.returned.push(listener);
  }

  private onReturn(): void {
    this.logger.warn('this process was taken for dead while it could not reach the database; its calls are corrected');
    for (const listener of this.returned) listener();
  }

  private turn(): void {
    this.running = this.running.then(() =>
      this.beat().catch((error: unknown) =>
        this.logger.debug({ err: error }, 'the database was not told that we live'),
      ),
    );
  }

  private async beat(): Promise<void> {
    const now = this.clock.now();
    const aliveSince = await this.repository.beat(this.journal.epoch);
    this.seenAt = now;
    if (this.aliveSince !== undefined && this.aliveSince !== aliveSince) this.onReturn();
    this.aliveSince = aliveSince;
    for (const epoch of await this.repository.deadEpochs(DEAD_AFTER_SECONDS)) {
      const calls = await this.recovery.close(epoch, true);
      this.logger.warn({ epoch, calls }, 'a process was not seen for 15 minutes; its calls have an unknown end');
    }
  }
}
