const BUCKET_MS = 60_000;
const BUCKETS = 5;

/** How long a window looks back, in minutes. */
export const WINDOW_MINUTES = (BUCKETS * BUCKET_MS) / 60_000;

/** Counts the attempts of the last five minutes that succeeded and failed, by minute. */
export class AttemptWindow {
  /** Milliseconds since 1970; 0 where no attempt has succeeded. */
  lastSuccessMs = 0;
  private readonly successes = Array.from({ length: BUCKETS }, () => 0);
  private readonly failures = Array.from({ length: BUCKETS }, () => 0);
  private newest = 0;

  succeed(nowMs: number): void {
    this.lastSuccessMs = nowMs;
    add(this.successes, this.bucketAt(nowMs));
  }

  fail(nowMs: number): void {
    add(this.failures, this.bucketAt(nowMs));
  }

  sums(nowMs: number): { failed: number; attempts: number } {
    this.bucketAt(nowMs);
    const failed = sumOf(this.failures);
    return { failed, attempts: failed + sumOf(this.successes) };
  }

  /** The bucket of the present minute. Those of the minutes since the newest one begin at 0. */
  private bucketAt(nowMs: number): number {
    const minute = Math.floor(nowMs / BUCKET_MS);
    const passed = Math.min(BUCKETS, minute - this.newest);
    for (let back = 0; back < passed; back += 1) {
      const bucket = (minute - back) % BUCKETS;
      this.successes[bucket] = 0;
      this.failures[bucket] = 0;
    }
    // A clock that is set back counts in the newest minute.
    this.newest = Math.max(this.newest, minute);
    return this.newest % BUCKETS;
  }
}

function add(counts: number[], bucket: number): void {
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
