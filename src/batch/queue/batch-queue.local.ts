import { Injectable } from '@nestjs/common';
import { type AnnouncedBatch, BatchQueue, type BatchWork, type TeamIdle } from './batch-queue';
import { TeamTurns } from './team-turns';

/** The queue of a single process. */
@Injectable()
export class LocalBatchQueue extends BatchQueue {
  override readonly sweepEveryMs = 1_000;

  private turns: TeamTurns | undefined;
  /** Announced before the start. */
  private early: AnnouncedBatch[] = [];

  override announce(batch: AnnouncedBatch): void {
    if (this.turns) this.turns.add(batch);
    else this.early.push(batch);
  }

  override start(work: BatchWork, onIdle?: TeamIdle): void {
    this.turns = new TeamTurns(work, onIdle);
    for (const batch of this.early) this.turns.add(batch);
    this.early = [];
  }

  override stop(): Promise<void> {
    this.turns?.stop();
    return Promise.resolve();
  }
}
