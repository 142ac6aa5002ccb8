import fc from 'fast-check';
import type { TokenUsage } from '@thriftgate/providers';
import { costOf, type Price } from './price';

const PRICE: Price = {
  inputPusd: 2_000_000n,
  cachedInputPusd: 500_000n,
  outputPusd: 8_000_000n,
  longContext: undefined,
  estimated: false,
};
const LONG: Price = {
  ...PRICE,
  longContext: { aboveInputTokens: 1_000, inputPusd: 4_000_000n, cachedInputPusd: 1_000_000n, outputPusd: 12_000_000n },
};
const usage = (inputTokens: number, cachedInputTokens = 0, outputTokens = 0, reasoningTokens = 0): TokenUsage => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  reasoningTokens,
});

const tokens = fc.nat(2_000_000_000);
const usages = fc
  .record({ inputTokens: tokens, share: fc.double({ min: 0, max: 1, noNaN: true }), outputTokens: tokens })
  .map(({ inputTokens, share, outputTokens }) => usage(inputTokens, Math.floor(inputTokens * share), outputTokens));
const pusd = fc.bigInt({ min: 0n, max: 10n ** 15n });
const prices = fc
  .record({ inputPusd: pusd, percent: fc.bigInt({ min: 0n, max: 100n }), outputPusd: pusd })
  .map(({ inputPusd, percent, outputPusd }): Price => {
    return { ...PRICE, inputPusd, cachedInputPusd: (inputPusd * percent) / 100n, outputPusd };
  });

describe('the cost of a call', () => {
  it('is tokens × price, to the pico-dollar', () => {
    expect(costOf(usage(13, 0, 9), PRICE)).toEqual({ listPusd: 98_000_000n, costPusd: 98_000_000n });
    expect(costOf(usage(0), PRICE)).toEqual({ listPusd: 0n, costPusd: 0n });
    // One more than a float can count.
    expect(costOf(usage(9_007_199_254_740_991), { ...PRICE, inputPusd: 3n }).listPusd).toBe(27_021_597_764_222_973n);
  });

  it('takes the discount of the vendor’s prompt cache off, and keeps list price', () => {
    expect(costOf(usage(100, 40, 1), PRICE)).toEqual({ listPusd: 208_000_000n, costPusd: 148_000_000n });
    expect(costOf(usage(100, 100), PRICE).costPusd).toBe(50_000_000n);
  });

  it('counts reasoning as the output that it is a part of', () => {
    expect(costOf(usage(1, 0, 10, 9), PRICE)).toEqual(costOf(usage(1, 0, 10), PRICE));
  });

  it('asks the long-context price for the whole call, above the mark and not at it', () => {
    expect(costOf(usage(1_000, 1_000, 10), LONG)).toEqual(costOf(usage(1_000, 1_000, 10), PRICE));
    expect(costOf(usage(1_001, 1, 10), LONG)).toEqual({ listPusd: 4_124_000_000n, costPusd: 4_121_000_000n });
    // Output alone makes no context long.
    expect(costOf(usage(1, 0, 5_000), LONG)).toEqual(costOf(usage(1, 0, 5_000), PRICE));
  });

  it('of two calls is the sum of both', () => {
    fc.assert(
      fc.property(usages, usages, prices, (a, b, price) => {
        const both = usage(
          a.inputTokens + b.inputTokens,
          a.cachedInputTokens + b.cachedInputTokens,
          a.outputTokens + b.outputTokens,
        );
        const [costA, costB] = [costOf(a, price), costOf(b, price)];
        expect(costOf(both, price)).toEqual({
          listPusd: costA.listPusd + costB.listPusd,
          costPusd: costA.costPusd + costB.costPusd,
        });
      }),
    );
  });

  it('is never negative and never above list price', () => {
    fc.assert(
      fc.property(usages, prices, (used, price) => {
        const { listPusd, costPusd } = costOf(used, price);
        expect(costPusd >= 0n && costPusd <= listPusd).toBe(true);
      }),
    );
  });
});
