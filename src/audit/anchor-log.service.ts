import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AnchorSigner } from './anchor-signer.service';
import { type ChainPlace, ChainRepository } from './chain.repository';

const EVERY_MS = 3_600_000;

/** Writes the head of the chain to the log every hour in which it has moved, so that there is an anchor outside of the database. */
@Injectable()
export class AnchorLog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AnchorLog.name);
  private timer: NodeJS.Timeout | undefined;
  private logged: ChainPlace | undefined;

  constructor(
    private readonly chain: ChainRepository,
    private readonly anchors: AnchorSigner,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.log(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Logs the head if it is another one than at the last time. One that has not moved on is a warning. */
  async log(): Promise<void> {
    try {
      const head = await this.chain.head();
      const { logged } = this;
      if (head?.seq === logged?.seq && head?.hash === logged?.hash) return;
      if (logged && (head === undefined || head.seq <= logged.seq))
        this.logger.warn({ anchor: this.anchors.sign(logged) }, 'the audit chain no longer goes on from this head');
      this.logged = head && { seq: head.seq, hash: head.hash };
      if (head) this.logger.log({ ...this.logged, anchor: this.anchors.sign(head) }, 'the head of the audit chain');
    } catch (error) {
      this.logger.warn({ err: error }, 'the head of the audit chain could not be read; it is logged in an hour');
    }
  }
}
