import { Injectable, Logger } from '@nestjs/common';
import { BatchQueue, type BatchWork } from './batch-queue';

/** The queue of a single process: batches take turns, each for as many lines as slots are free. */
@Injectable()
export class LocalBatchQueue extends BatchQueue {
  override readonly sweepEveryMs = 1_000;

  private readonly logger = new Logger(LocalBatchQueue.name);
  /** In the order of their turns. */
  private readonly waiting = new Set<string>();
  private work: BatchWork | undefined;
  private busy = false;

  override announce(batchId: string): void {
    this.waiting.add(batchId);
    if (!this.busy && this.work) void this.takeTurns(this.work);
  }

  override start(work: BatchWork): void {
    this.work = work;
    void this.takeTurns(work);
  }

  override stop(): Promise<void> {
    this.work = undefined;
    this.waiting.clear();
    return Promise.resolve();
  }

  private async takeTurns(work: BatchWork): Promise<void> {
    this.busy = true;
    for (const batchId of this.waiting) {
      this.waiting.delete(batchId);
      const hasMore = await work(batchId).catch((error: unknown) => {
        this.logger.error({ batchId, err: error }, 'work on a batch failed; retrying');
        return false;
      });
      if (hasMore && this.work) this.waiting.add(batchId);
    }
    this.busy = false;
  }
}
