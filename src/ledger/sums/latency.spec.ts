import * as fc from 'fast-check';
import { BUCKET_DECIMALS, BUCKET_STARTS, latencyPercentile } from './latency';

const counted = (latencies: readonly number[]) =>
  latencies.reduce((sum, ms) => {
    const bucket = BUCKET_STARTS.findLastIndex((start) => start <= ms);
    return sum + 10n ** BigInt(BUCKET_DECIMALS * bucket);
  }, 0n);

describe('latencyPercentile', () => {
  it('is null where nothing was counted', () => {
    expect(latencyPercentile(0n, 0.5)).toBeNull();
  });

  it.each([
    [[0], 0.5, 0],
    [[0, 0, 0, 5], 0.5, 0],
    [[0, 0, 0, 5], 0.95, 5],
    [[3, 3, 3], 0.95, 3],
  ])('of %j at %s is %s', (latencies, share, expected) => {
    expect(latencyPercentile(counted(latencies), share)).toBe(expected);
  });

  it('is in the bucket of the exact percentile, however many are summed', () => {
    const some = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { minLength: 1 });
    fc.assert(
      fc.property(some, some, fc.constantFrom(0.5, 0.95), (left, right, share) => {
        const sorted = [...left, ...right].toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(sorted.length * share)) - 1] ?? 0;
        const bucket = BUCKET_STARTS.findLastIndex((start) => start <= exact);
        const found = latencyPercentile(counted(left) + counted(right), share) ?? -1;
        expect(found).toBeGreaterThanOrEqual(BUCKET_STARTS[bucket] ?? 0);
        expect(found).toBeLessThan(BUCKET_STARTS[bucket + 1] ?? Infinity);
      }),
    );
  });
});
