import fc from 'fast-check';
import { Slice } from './slice';

const pusd = fc.bigInt(0n, 1_000n);

describe('a slice of a budget window', () => {
  it('has free what was granted and is neither spent nor held', () => {
    const slice = new Slice();
    slice.grant(100n);
    expect([slice.fits(100n), slice.fits(101n)]).toEqual([true, false]);
    slice.hold(60n);
    expect([slice.free, slice.held, slice.fits(41n)]).toEqual([40n, 60n, false]);
    slice.settle(60n, 25n);
    expect([slice.free, slice.held, slice.used, slice.granted]).toEqual([75n, 0n, 25n, 100n]);
  });

  it('has less than zero free after an attempt cost more than its hold', () => {
    const slice = new Slice();
    slice.grant(10n);
    slice.hold(10n);
    slice.settle(10n, 15n);
    expect([slice.free, slice.fits(0n), slice.takeUnused(), slice.granted]).toEqual([-5n, false, 0n, 10n]);
  });

  it('returns what is free, and nothing that is held or spent', () => {
    const slice = new Slice();
    slice.grant(100n);
    slice.hold(30n);
    slice.hold(20n);
    slice.settle(20n, 5n);
    expect([slice.takeUnused(), slice.granted, slice.free, slice.takeUnused()]).toEqual([65n, 35n, 0n, 0n]);
  });

  it('never spends or holds more than it was granted, in any order of steps', () => {
    const step = fc.record({ kind: fc.constantFrom('grant', 'call', 'end', 'return'), pusd, share: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const slice = new Slice();
        const holds: bigint[] = [];
        for (const { kind, pusd: amount, share } of steps) {
          if (kind === 'grant') slice.grant(amount);
          if (kind === 'call' && slice.fits(amount)) {
            slice.hold(amount);
            holds.push(amount);
          }
          const held = kind === 'end' ? holds.pop() : undefined;
          if (held !== undefined) slice.settle(held, (held * BigInt(share)) / 100n);
          if (kind === 'return') slice.takeUnused();
          expect(slice.held).toBe(holds.reduce((sum, each) => sum + each, 0n));
          expect(slice.used + slice.held + slice.free).toBe(slice.granted);
          expect(slice.free >= 0n).toBe(true);
        }
      }),
    );
  });
});
