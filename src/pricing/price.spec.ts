import fc from 'fast-check';
import type { TokenUsage } from '@thriftgate/providers';
import { costOf, multiplied, type Price, worstCostOf } from './price';

const PRICE: Price = {
  inputPusd: 2_000_000n,
  cachedInputPusd: 500_000n,
  cacheWritePusd: 2_500_000n,
  outputPusd: 8_000_000n,
  reasoningPusd: 8_000_000n,
  id: null,
  tiers: [],
  batch: undefined,
  estimated: false,
};
const LONG: Price = {
  ...PRICE,
  tiers: [
    {
      aboveInputTokens: 1_000,
      inputPusd: 4_000_000n,
      cachedInputPusd: 1_000_000n,
      cacheWritePusd: 4_000_000n,
      outputPusd: 12_000_000n,
      reasoningPusd: 12_000_000n,
    },
  ],
};
const usage = (inputTokens: number, cachedInputTokens = 0, outputTokens = 0, reasoningTokens = 0): TokenUsage => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  reasoningTokens,
});

it('charges writes that are kept for long at their own price, where it is known', () => {
  const written = { ...usage(1_000), cacheWriteTokens: 600, longCacheWriteTokens: 100 };
  const short = 400n * 2_000_000n + 600n * 2_500_000n;
  expect(costOf(written, PRICE).costPusd).toBe(short);
  expect(costOf(written, { ...PRICE, longCacheWritePusd: 4_000_000n }).costPusd).toBe(short + 100n * 1_500_000n);
  expect(worstCostOf(1, 0, { ...PRICE, longCacheWritePusd: 4_000_000n })).toBe(4_000_000n);
  expect(multiplied({ ...PRICE, longCacheWritePusd: 4n }, 500_000n, null).longCacheWritePusd).toBe(2n);
});

const tokens = fc.nat(2_000_000_000);
const usages = fc
  .record({ inputTokens: tokens, share: fc.double({ min: 0, max: 1, noNaN: true }), outputTokens: tokens })
  .map(({ inputTokens, share, outputTokens }) => usage(inputTokens, Math.floor(inputTokens * share), outputTokens));
const pusd = fc.bigInt({ min: 0n, max: 10n ** 15n });
const prices = fc
  .record({ inputPusd: pusd, percent: fc.bigInt({ min: 0n, max: 100n }), outputPusd: pusd })
  .map(({ inputPusd, percent, outputPusd }): Price => {
    return {
      ...PRICE,
      inputPusd,
      cachedInputPusd: (inputPusd * percent) / 100n,
      outputPusd,
      reasoningPusd: outputPusd,
    };
  });

describe('the cost of a call', () => {
  it('is tokens × price, to the pico-dollar', () => {
    expect(costOf(usage(13, 0, 9), PRICE)).toEqual({ listPusd: 98_000_000n, costPusd: 98_000_000n });
    expect(costOf(usage(0), PRICE)).toEqual({ listPusd: 0n, costPusd: 0n });
    // One more than a float can count.
    expect(costOf(usage(9_007_199_254_740_991), { ...PRICE, inputPusd: 3n }).listPusd).toBe(27_021_597_764_222_973n);
  });

  it('subtracts the discount of the vendor’s prompt cache from the cost, and not from the list cost', () => {
    expect(costOf(usage(100, 40, 1), PRICE)).toEqual({ listPusd: 208_000_000n, costPusd: 148_000_000n });
    expect(costOf(usage(100, 100), PRICE).costPusd).toBe(50_000_000n);
  });

  it('charges reasoning and cache writes at their own prices, if they have them', () => {
    const withReasoning = { ...PRICE, reasoningPusd: 9_000_000n };
    expect(costOf(usage(1, 0, 10, 4), withReasoning).costPusd).toBe(2_000_000n + 6n * 8_000_000n + 4n * 9_000_000n);
    const written = { ...usage(10), cacheWriteTokens: 4 };
    expect(costOf(written, PRICE).costPusd).toBe(6n * 2_000_000n + 4n * 2_500_000n);
  });

  it('uses the highest tier that the input is above', () => {
    const higher = { ...LONG.tiers[0]!, aboveInputTokens: 5_000, inputPusd: 6_000_000n };
    const two = { ...LONG, tiers: [higher, ...LONG.tiers] };
    expect(costOf(usage(5_000), two)).toEqual(costOf(usage(5_000), LONG));
    expect(costOf(usage(5_001), two).listPusd).toBe(5_001n * 6_000_000n);
  });

  it('counts reasoning as a part of the output', () => {
    expect(costOf(usage(1, 0, 10, 9), PRICE)).toEqual(costOf(usage(1, 0, 10), PRICE));
  });

  it('charges the long-context price for the whole call, above the limit and not at it', () => {
    expect(costOf(usage(1_000, 1_000, 10), LONG)).toEqual(costOf(usage(1_000, 1_000, 10), PRICE));
    expect(costOf(usage(1_001, 1, 10), LONG)).toEqual({ listPusd: 4_124_000_000n, costPusd: 4_121_000_000n });
    // The output does not count.
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

  it('is never negative and never above the list cost', () => {
    fc.assert(
      fc.property(usages, prices, (used, price) => {
        const { listPusd, costPusd } = costOf(used, price);
        expect(costPusd >= 0n && costPusd <= listPusd).toBe(true);
      }),
    );
  });
});

describe('a negotiated multiplier', () => {
  it('multiplies every rate, with an error of at most half a pico-dollar a token', () => {
    fc.assert(
      fc.property(prices, fc.bigInt({ min: 0n, max: 2_000_000n }), (price, millionths) => {
        const less = multiplied(price, millionths, 'price_1');
        expect(less.id).toBe('price_1');
        for (const rate of ['inputPusd', 'cachedInputPusd', 'cacheWritePusd', 'outputPusd', 'reasoningPusd'] as const) {
          const off = less[rate] * 1_000_000n - price[rate] * millionths;
          expect(off <= 500_000n && off > -500_000n - 1n).toBe(true);
        }
      }),
    );
  });

  it('of one changes nothing', () => {
    expect(multiplied(LONG, 1_000_000n, null)).toEqual(LONG);
  });
});

describe('the worst cost', () => {
  it('is never below the cost of the call, for any tokens', () => {
    const rate = fc.bigInt({ min: 0n, max: 10n ** 9n });
    const rates = fc.record({
      inputPusd: rate,
      cachedInputPusd: rate,
      cacheWritePusd: rate,
      outputPusd: rate,
      reasoningPusd: rate,
    });
    const counts = fc.record({
      input: fc.nat(5000),
      output: fc.nat(5000),
      a: fc.nat(5000),
      b: fc.nat(5000),
      c: fc.nat(5000),
    });
    fc.assert(
      fc.property(rates, rates, counts, (base, tier, { input, output, a, b, c }) => {
        const price = {
          ...base,
          id: null,
          tiers: [{ ...tier, aboveInputTokens: 1000 }],
          batch: undefined,
          estimated: false,
        };
        const cachedInputTokens = Math.min(a, input);
        const used = {
          inputTokens: input,
          cachedInputTokens,
          cacheWriteTokens: Math.min(b, input - cachedInputTokens),
          outputTokens: output,
          reasoningTokens: Math.min(c, output),
        };
        const { listPusd, costPusd } = costOf(used, price);
        expect(costPusd <= worstCostOf(input, output, price)).toBe(true);
        expect(costPusd >= 0n && listPusd >= costPusd).toBe(true);
      }),
    );
  });
});
