import fc from 'fast-check';
import { type Credit, remainingOf } from './credit';

const credit = (id: string, amountPusd: bigint, expiresInDays: number | null, expiredPusd = 0n): Credit => ({
  id,
  kind: 'grant',
  amountPusd,
  expiredPusd,
  expiresAt: expiresInDays === null ? null : new Date(expiresInDays * 86_400_000),
  note: null,
  createdAt: new Date(0),
});
const left = (credits: Credit[], usedPusd: bigint) =>
  Object.fromEntries(remainingOf(credits, usedPusd).map(({ id, remainingPusd }) => [id, remainingPusd]));

describe('the rest of credits', () => {
  it('is used from credits that expire first, and last from those that never expire', () => {
    const credits = [credit('paid', 100n, null), credit('late', 50n, 30), credit('soon', 20n, 3)];
    expect(left(credits, 0n)).toEqual({ soon: 20n, late: 50n, paid: 100n });
    expect(left(credits, 30n)).toEqual({ soon: 0n, late: 40n, paid: 100n });
    expect(left(credits, 1_000n)).toEqual({ soon: 0n, late: 0n, paid: 0n });
  });

  it('is zero for expired credits', () => {
    expect(left([credit('over', 20n, 3, 15n), credit('paid', 10n, null)], 6n)).toEqual({ over: 0n, paid: 9n });
  });

  it('is the sum of the credits less expiries and usage', () => {
    const amounts = fc.array(
      fc.record({ amount: fc.bigInt({ min: 1n, max: 10n ** 15n }), days: fc.option(fc.nat(100)) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 0n, max: 10n ** 16n }), (all, used) => {
        const credits = all.map(({ amount, days }, index) => credit(String(index), amount, days));
        const total = credits.reduce((sum, { amountPusd }) => sum + amountPusd, 0n);
        const rest = remainingOf(credits, used).reduce((sum, { remainingPusd }) => sum + remainingPusd, 0n);
        expect(rest).toBe(total > used ? total - used : 0n);
      }),
    );
  });
});
