import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import { monthAt } from './months';
import { PartitionsRepository } from './partitions.repository';

const EVERY_MS = 6 * 3600 * 1000;
/** This month's partition and those of the next two, so that one is there long before its first row. */
const AHEAD = 2;

/** Keeps the ledger's partitions: makes those of the months to come, and drops those that are past their keeping. */
@Injectable()
export class PartitionsService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(PartitionsService.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly repository: PartitionsRepository,
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.keep();
    this.timer = setInterval(() => (this.running = this.keep()), EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Does what is due. Doing it again, or in several processes at once, does nothing more. */
  async keep(): Promise<void> {
    try {
      await this.createAhead();
      await this.dropOld();
    } catch (error) {
      this.logger.warn({ err: error }, 'the partitions of the ledger could not be looked after; it is tried again');
    }
  }

  private async createAhead(): Promise<void> {
    for (let offset = 0; offset <= AHEAD; offset += 1) await this.repository.create(monthAt(this.clock.now(), offset));
  }

  private async dropOld(): Promise<void> {
    const months = this.config.ledger.retentionMonths;
    if (months === undefined) return;
    const oldestKept = monthAt(this.clock.now(), -months).partition;
    for (const partition of await this.repository.list()) {
      if (partition >= oldestKept) continue;
      await this.repository.drop(partition);
      this.logger.log({ partition }, 'a month of the ledger is past its keeping and was dropped; its sums are kept');
    }
  }
}
