import * as fc from 'fast-check';
import { addLatencies, BUCKET_DECIMALS, BUCKET_STARTS, latencyPercentile, readLatencies } from './latency';

/** The counts as PostgreSQL sums them. */
const summed = (latencies: readonly number[]) =>
  latencies.reduce((sum, ms) => {
    const bucket = BUCKET_STARTS.findLastIndex((start) => start <= ms);
    return sum + 10n ** BigInt(BUCKET_DECIMALS * bucket);
  }, 0n);
const counted = (latencies: readonly number[]) => readLatencies(summed(latencies).toString());

describe('counts of latencies', () => {
  it('are added as the sums of PostgreSQL are', () => {
    const some = fc.array(fc.integer({ min: 0, max: 2_000_000 }));
    fc.assert(
      fc.property(some, some, (left, right) => {
        const both = readLatencies((summed(left) + summed(right)).toString());
        expect(addLatencies(counted(left), counted(right))).toEqual(both);
        expect(both.reduce((sum, count) => sum + count, 0)).toBe(left.length + right.length);
      }),
    );
  });
});

describe('latencyPercentile', () => {
  it('is null where nothing was counted', () => {
    expect(latencyPercentile([], 0.5)).toBeNull();
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
        const found = latencyPercentile(addLatencies(counted(left), counted(right)), share) ?? -1;
        expect(found).toBeGreaterThanOrEqual(BUCKET_STARTS[bucket] ?? 0);
        expect(found).toBeLessThan(BUCKET_STARTS[bucket + 1] ?? Infinity);
      }),
    );
  });
});
