export interface AnnouncedBatch {
  id: string;
  teamId: string;
  /** How many lines the batch has; decides how many workers get a hint. */
  lines: number;
}

/** Starts as many open lines of a batch as its team may. @returns true if the batch may have more */
export type BatchWork = (batch: AnnouncedBatch) => Promise<boolean>;

/** A team has no batch to work on until one is announced. */
export type TeamIdle = (teamId: string) => void;

/**
 * Announces batches with open lines to the workers of all processes. Announcements are only hints: the tables decide
 * which process runs which line, so a hint may be lost, late or doubled.
 */
export abstract class BatchQueue {
  /** How often the tables are searched for batches whose hints were lost. */
  abstract readonly sweepEveryMs: number;

  /** Announces a batch to the workers. Returns at once and never throws. */
  abstract announce(batch: AnnouncedBatch): void;

  /** Passes announced batches to this process's worker until {@link stop}. */
  abstract start(work: BatchWork, onIdle?: TeamIdle): void;

  abstract stop(): Promise<void>;
}
