import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../database/database.connection';
import { Journal } from '../journal.service';
import { LedgerRepository } from '../ledger.repository';

const BEAT_EVERY_MS = 5_000;
/**
 * A process that was not seen for so long is taken for dead with its disk. Long, because one that starts again ends its own
 * calls with all that its journal knows.
 */
const DEAD_AFTER_SECONDS = 15 * 60;

/** Says that this process lives, and ends the calls and leases of others that do not live any more. */
@Injectable()
export class ProcessesService implements OnApplicationBootstrap {
  private readonly logger = new Logger(ProcessesService.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly journal: Journal,
    private readonly repository: LedgerRepository,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.turn(), BEAT_EVERY_MS);
    this.timer.unref();
    this.turn();
    this.database.beforeClose(async () => {
      clearInterval(this.timer);
      await this.running;
    });
  }

  private turn(): void {
    this.running = this.running.then(() =>
      this.beat().catch((error: unknown) =>
        this.logger.debug({ err: error }, 'the database was not told that we live'),
      ),
    );
  }

  private async beat(): Promise<void> {
    await this.repository.beat(this.journal.epoch);
    for (const epoch of await this.repository.deadEpochs(DEAD_AFTER_SECONDS)) {
      const calls = await this.repository.closeEpoch(epoch, true);
      this.logger.warn({ epoch, calls }, 'a process was not seen for 15 minutes; its calls have an unknown end');
    }
  }
}
