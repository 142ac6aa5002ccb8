/** Starts open lines of a batch as there is room for them. True where there may be more. */
export type BatchWork = (batchId: string) => Promise<boolean>;

/**
 * Where the workers of all processes hear that a batch has work. What it carries are only hints: the tables decide who
 * works on what, so a hint that is lost, late or heard twice does no harm.
 */
export abstract class BatchQueue {
  /** How often the tables are looked through for what was not heard. */
  abstract readonly sweepEveryMs: number;

  /**
   * Tells the workers of a batch. Never throws and waits for nothing.
   *
   * @param lines how many it has, for how many workers it is worth
   */
  abstract announce(batchId: string, lines: number): void;

  /** Hands what is announced to this process's worker, from now until {@link stop}. */
  abstract start(work: BatchWork): void;

  abstract stop(): Promise<void>;
}
