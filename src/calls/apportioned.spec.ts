import fc from 'fast-check';
import { apportioned } from './apportioned';

describe('shares by weight', () => {
  it.each([
    [10n, [1, 1], [5n, 5n]],
    [10n, [1, 1, 1], [3n, 3n, 4n]],
    [2n, [1, 1, 1], [0n, 1n, 1n]],
    [0n, [5, 7], [0n, 0n]],
    [7n, [3], [7n]],
    [100n, [1, 0, 3], [25n, 0n, 75n]],
    [3n, [0, 0], [1n, 2n]],
  ])('%s by %j is %j', (total, weights, shares) => expect(apportioned(total, weights)).toEqual(shares));

  it('are the total together, and each is at most one from what is due', () =>
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1 }),
        (total, weights) => {
          const shares = apportioned(total, weights);
          const whole = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
          expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(total);
          for (const [at, share] of shares.entries()) {
            const due = (total * BigInt(weights[at] ?? 0)) / whole;
            expect(share >= due && share <= due + 1n).toBe(true);
          }
        },
      ),
    ));
});
