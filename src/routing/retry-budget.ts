import { SlidingCount } from './sliding-count';

const SHARE = 0.1;
const BUCKET_MS = 1_000;
const BUCKETS = 10;
/** Retries that a deployment gets in a window with few calls. */
const LEAST_RETRIES = 10;

/**
 * Retries at one deployment are at most a tenth of its calls of the last ten seconds, or ten: a deployment that fails gets no
 * multiple of its load.
 */
export class RetryBudget {
  private readonly deployments = new Map<string, { calls: SlidingCount; retries: SlidingCount }>();

  /** Counts the first attempt of a call at a deployment. */
  count(id: string, nowMs: number): void {
    this.of(id).calls.add(nowMs);
  }

  /** Takes a retry from the budget. @returns false where none is left */
  take(id: string, nowMs: number): boolean {
    const { calls, retries } = this.of(id);
    const most = Math.max(LEAST_RETRIES, calls.sum(nowMs) * SHARE);
    if (retries.sum(nowMs) + 1 > most) return false;
    retries.add(nowMs);
    return true;
  }

  private of(id: string) {
    const known = this.deployments.get(id);
    if (known) return known;
    const counts = { calls: new SlidingCount(BUCKET_MS, BUCKETS), retries: new SlidingCount(BUCKET_MS, BUCKETS) };
    this.deployments.set(id, counts);
    return counts;
  }
}
