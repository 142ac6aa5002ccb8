/** How much a new sample weighs in the average. */
const WEIGHT = 0.2;
/** An average halves in such a time without samples, so that a deployment that was slow is tried again. */
const HALF_LIFE_MS = 30_000;

interface Average {
  ms: number;
  atMs: number;
}

/** Decayed averages of the time to an answer by deployment: to the first content of streams, to the end of others. */
export class Latencies {
  private readonly averages = new Map<string, Average>();

  add(id: string, stream: boolean, ms: number, nowMs: number): void {
    const key = keyOf(id, stream);
    const known = this.averages.get(key);
    const average = known ? known.ms + WEIGHT * (ms - known.ms) : ms;
    this.averages.set(key, { ms: average, atMs: nowMs });
  }

  /** In milliseconds; 0 where nothing is known, so that a new deployment is tried. */
  of(id: string, stream: boolean, nowMs: number): number {
    const known = this.averages.get(keyOf(id, stream));
    return known ? known.ms * 0.5 ** (Math.max(0, nowMs - known.atMs) / HALF_LIFE_MS) : 0;
  }
}

function keyOf(id: string, stream: boolean): string {
  return stream ? `stream ${id}` : id;
}
