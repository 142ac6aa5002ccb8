const HALF_MS = 30_000;

/** The highest value of the last 30 to 60 seconds. */
export class RecentPeak {
  private half = 0;
  private present = 0;
  private before = 0;

  add(value: number, nowMs: number): void {
    this.advance(nowMs);
    if (value > this.present) this.present = value;
  }

  at(nowMs: number): number {
    this.advance(nowMs);
    return Math.max(this.present, this.before);
  }

  private advance(nowMs: number): void {
    const half = Math.floor(nowMs / HALF_MS);
    if (half === this.half) return;
    this.before = half === this.half + 1 ? this.present : 0;
    this.present = 0;
    this.half = half;
  }
}
