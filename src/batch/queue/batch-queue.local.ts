import { Injectable, Logger } from '@nestjs/common';
import { type AnnouncedBatch, BatchQueue, type BatchWork } from './batch-queue';

/** The queue of a single process: teams take turns, and their batches, each for as many lines as slots are free. */
@Injectable()
export class LocalBatchQueue extends BatchQueue {
  override readonly sweepEveryMs = 1_000;

  private readonly logger = new Logger(LocalBatchQueue.name);
  /** The batches of each team, both in the order of their turns. */
  private readonly waiting = new Map<string, Set<string>>();
  private work: BatchWork | undefined;
  private busy = false;

  override announce({ id, teamId }: Pick<AnnouncedBatch, 'id' | 'teamId'>): void {
    this.enqueue(teamId, id);
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
    for (const [teamId, batches] of this.waiting) {
      const batchId = this.dequeue(teamId, batches);
      if (batchId === undefined) continue;
      const hasMore = await work(batchId).catch((error: unknown) => {
        this.logger.error({ batchId, err: error }, 'work on a batch failed; retrying');
        return false;
      });
      if (hasMore && this.work) this.enqueue(teamId, batchId);
    }
    this.busy = false;
  }

  private enqueue(teamId: string, batchId: string): void {
    const batches = this.waiting.get(teamId) ?? new Set();
    this.waiting.set(teamId, batches.add(batchId));
  }

  /** The team's next batch. The team goes to the end of the line. */
  private dequeue(teamId: string, batches: Set<string>): string | undefined {
    this.waiting.delete(teamId);
    const [batchId] = batches;
    if (batchId !== undefined) batches.delete(batchId);
    if (batches.size > 0) this.waiting.set(teamId, batches);
    return batchId;
  }
}
