/**
 * Latencies are counted in buckets; those of a group are one number, whose decimals are the counts: twelve for each bucket, the
 * fastest last. So a sum over calls, hours or groups is a plain sum of numbers.
 */
export const BUCKET_DECIMALS = 12;

const STEPS = [10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82];
/** Where each bucket begins, in milliseconds. A bucket is at most a quarter wide, up to fourteen minutes. */
export const BUCKET_STARTS: readonly number[] = [
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  8,
  ...[1, 10, 100, 1_000, 10_000].flatMap((scale) => STEPS.map((step) => step * scale)),
];

/** The bucket of a latency. @param ms not negative */
export function bucketOf(ms: number): number {
  return BUCKET_STARTS.findLastIndex((start) => start <= ms);
}

/** Counts by bucket as one number in decimals, as PostgreSQL sums them. */
export function packLatencies(counts: ReadonlyMap<number, number>): string {
  const packed = [...counts].map(([bucket, count]) => BigInt(count) * 10n ** BigInt(bucket * BUCKET_DECIMALS));
  return String(packed.reduce((sum, each) => sum + each, 0n));
}

/** How many calls each bucket has, the fastest first, up to the last one that has some. */
export type LatencyCounts = readonly number[];

const ZERO = '0'.charCodeAt(0);

/** Counts that PostgreSQL has summed, in decimals. Reports have thousands of them: a `bigint` on the way takes ten times as long. */
export function readLatencies(decimals: string): LatencyCounts {
  const counts: number[] = [];
  if (decimals === '0') return counts;
  for (let end = decimals.length; end > 0; end -= BUCKET_DECIMALS) {
    let count = 0;
    for (let at = Math.max(0, end - BUCKET_DECIMALS); at < end; at += 1)
      count = count * 10 + decimals.charCodeAt(at) - ZERO;
    counts.push(count);
  }
  return counts;
}

export function addLatencies(left: LatencyCounts, right: LatencyCounts): LatencyCounts {
  const [longer, shorter] = left.length < right.length ? [right, left] : [left, right];
  return shorter.length === 0 ? longer : longer.map((count, bucket) => count + (shorter[bucket] ?? 0));
}

/**
 * A percentile of counted latencies, in milliseconds: within its bucket the calls are taken as evenly spread, so it is wrong by a
 * tenth of its value at most, in practice.
 *
 * @param share 0.95 for the 95th percentile
 * @returns null where no latency was counted
 */
export function latencyPercentile(counts: LatencyCounts, share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(total * share));
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (below + count >= rank) return within(index, (rank - below - 0.5) / count);
    below += count;
  }
  return null;
}

function within(index: number, share: number): number {
  const start = BUCKET_STARTS[index] ?? 0;
  const end = BUCKET_STARTS[index + 1] ?? start + 1;
  return Math.floor(start + (end - start) * share);
}
