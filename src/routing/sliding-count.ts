/** Counts events of the last `buckets × bucketMs` milliseconds. */
export class SlidingCount {
  private readonly counts: number[];
  private newest = 0;

  /** @param bucketMs how long each bucket is; the oldest is dropped as a whole */
  constructor(
    private readonly bucketMs: number,
    buckets: number,
  ) {
    this.counts = Array.from({ length: buckets }, () => 0);
  }

  add(nowMs: number, events = 1): void {
    const bucket = this.bucketAt(nowMs);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + events;
  }

  sum(nowMs: number): number {
    this.bucketAt(nowMs);
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  clear(): void {
    this.counts.fill(0);
  }

  /** The present bucket. Those of the time since the newest one begin at 0. */
  private bucketAt(nowMs: number): number {
    const buckets = this.counts.length;
    const present = Math.floor(nowMs / this.bucketMs);
    const passed = Math.min(buckets, present - this.newest);
    for (let back = 0; back < passed; back += 1) this.counts[(present - back) % buckets] = 0;
    // A clock that is set back counts in the newest bucket.
    this.newest = Math.max(this.newest, present);
    return this.newest % buckets;
  }
}
