import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AnchorSigner } from './anchor-signer.service';
import { ChainRepository } from './chain.repository';

const EVERY_MS = 3_600_000;

/** Writes the head of the chain to the log every hour in which it has moved, so that there is an anchor outside of the database. */
@Injectable()
export class AnchorLog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AnchorLog.name);
  private timer: NodeJS.Timeout | undefined;
  private loggedSeq = 0;

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

  /** Logs the head if it is another one than at the last time. */
  async log(): Promise<void> {
    try {
      const head = await this.chain.head();
      if (head === undefined || head.seq === this.loggedSeq) return;
      this.loggedSeq = head.seq;
      this.logger.log(
        { seq: head.seq, hash: head.hash, anchor: this.anchors.sign(head) },
        'the head of the audit chain',
      );
    } catch (error) {
      this.logger.warn({ err: error }, 'the head of the audit chain could not be read; it is logged in an hour');
    }
  }
}
