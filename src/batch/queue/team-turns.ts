import { Logger } from '@nestjs/common';
import type { AnnouncedBatch, BatchWork, TeamIdle } from './batch-queue';

/** Works on the batches of each team in turns, one at a time, and on those of several teams at once: no team waits for another. */
export class TeamTurns {
  private readonly logger = new Logger(TeamTurns.name);
  /** The batches of each team, in the order of their turns. A team has an entry while it has a batch, or one is worked on. */
  private readonly teams = new Map<string, Map<string, AnnouncedBatch>>();
  private stopped = false;

  /** @param work true puts the batch behind the others of its team */
  constructor(
    private readonly work: BatchWork,
    private readonly onIdle: TeamIdle = () => undefined,
  ) {}

  add(batch: AnnouncedBatch): void {
    if (this.stopped) return;
    const batches = this.teams.get(batch.teamId);
    if (batches) return void batches.set(batch.id, batch);
    const first = new Map([[batch.id, batch]]);
    this.teams.set(batch.teamId, first);
    void this.takeTurns(batch.teamId, first);
  }

  /** Begins no more work. */
  stop(): void {
    this.stopped = true;
  }

  private async takeTurns(teamId: string, batches: Map<string, AnnouncedBatch>): Promise<void> {
    for (let [batch] = batches.values(); batch && !this.stopped; [batch] = batches.values()) {
      batches.delete(batch.id);
      if (await this.workOn(batch)) batches.set(batch.id, batch);
    }
    this.teams.delete(teamId);
    this.onIdle(teamId);
  }

  private async workOn(batch: AnnouncedBatch): Promise<boolean> {
    try {
      return await this.work(batch);
    } catch (error) {
      this.logger.error({ batchId: batch.id, err: error }, 'work on a batch failed; retrying');
      return false;
    }
  }
}
