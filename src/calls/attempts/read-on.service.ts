import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** How long the rest of a stream is read that has lost its clients: the upstream charges for it, and its usage comes last. */
const READ_ON_MS = 3_000;

/** A stream without clients. */
export interface AbandonedStream {
  /** Closes the connection to the upstream, so that the stream ends. */
  abort(): void;
  /** Reads the stream to its end and settles its attempt. */
  readRest(): Promise<void>;
}

/** Reads the rest of streams that have lost their clients, and ends them when the process ends. */
@Injectable()
export class ReadOnService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly running = new Map<AbandonedStream, Promise<void>>();
  private draining = false;

  /** A process that ends reads no stream for clients that have left: their attempts are settled with what has come. */
  beforeApplicationShutdown(): void {
    this.draining = true;
    for (const stream of this.running.keys()) stream.abort();
  }

  /** Runs after the last HTTP call has ended, and before the ledger closes. */
  async onApplicationShutdown(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running.values());
  }

  /**
   * Reads a stream to its end, or for so long as is worth it. Resolves when its attempt is settled.
   *
   * @param isWorthIt false where the upstream has sent no content, so that the stream is aborted at once
   */
  read(stream: AbandonedStream, isWorthIt: boolean): Promise<void> {
    const reading = this.readToEnd(stream, isWorthIt && !this.draining).finally(() => this.running.delete(stream));
    this.running.set(stream, reading);
    return reading;
  }

  private async readToEnd(stream: AbandonedStream, isWorthIt: boolean): Promise<void> {
    if (!isWorthIt) stream.abort();
    const deadline = isWorthIt ? setTimeout(() => stream.abort(), READ_ON_MS).unref() : undefined;
    try {
      await stream.readRest();
    } finally {
      clearTimeout(deadline);
    }
  }
}
