import { SlidingCount } from './sliding-count';

const BUCKET_MS = 60_000;
const BUCKETS = 5;

/** How long a window looks back, in minutes. */
export const WINDOW_MINUTES = (BUCKETS * BUCKET_MS) / 60_000;

/** Counts the attempts of the last five minutes that succeeded and failed, by minute. */
export class AttemptWindow {
  private readonly successes = new SlidingCount(BUCKET_MS, BUCKETS);
  private readonly failures = new SlidingCount(BUCKET_MS, BUCKETS);

  succeed(nowMs: number): void {
    this.successes.add(nowMs);
  }

  fail(nowMs: number): void {
    this.failures.add(nowMs);
  }

  sums(nowMs: number): { failed: number; attempts: number } {
    const failed = this.failures.sum(nowMs);
    return { failed, attempts: failed + this.successes.sum(nowMs) };
  }
}
