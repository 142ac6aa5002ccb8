import { batchPrice } from './batch-price';
import { costOf, type Price } from './price';

const PRICE: Price = {
  inputPusd: 100n,
  cachedInputPusd: 10n,
  cacheWritePusd: 125n,
  outputPusd: 400n,
  reasoningPusd: 400n,
  id: 'price_1',
  tiers: [
    {
      inputPusd: 200n,
      cachedInputPusd: 20n,
      cacheWritePusd: 250n,
      outputPusd: 600n,
      reasoningPusd: 600n,
      aboveInputTokens: 1000,
    },
  ],
  batch: undefined,
  serviceTiers: {
    flex: { inputPusd: 1n, cachedInputPusd: 1n, cacheWritePusd: 1n, outputPusd: 1n, reasoningPusd: 1n, tiers: [] },
  },
  offPeak: undefined,
  estimated: false,
};
const HALF = { millionths: 500_000, stacks: true };
const usage = (inputTokens: number) => ({ inputTokens, cachedInputTokens: 10, outputTokens: 10, reasoningTokens: 0 });

describe('batchPrice', () => {
  it('is the vendor’s share of every rate, also of long contexts and of what the prompt cache has', () => {
    expect(costOf(usage(100), batchPrice(PRICE, HALF)).costPusd).toBe(90n * 50n + 10n * 5n + 10n * 200n);
    expect(costOf(usage(2000), batchPrice(PRICE, HALF)).costPusd).toBe(1990n * 100n + 10n * 10n + 10n * 300n);
    expect(batchPrice(PRICE, { millionths: 800_000, stacks: true })).toMatchObject({
      inputPusd: 80n,
      outputPusd: 320n,
    });
  });

  it('is the batch price of the catalogue where it has one', () => {
    const batch = { inputPusd: 40n, cachedInputPusd: 4n, cacheWritePusd: 50n, outputPusd: 160n, reasoningPusd: 160n };
    expect(batchPrice({ ...PRICE, batch }, HALF)).toMatchObject({ ...batch, id: 'price_1', batch: undefined });
    expect(batchPrice({ ...PRICE, batch }, HALF).tiers[0]).toMatchObject({ inputPusd: 100n });
  });

  it('has no discount for cached input where the two do not add up', () => {
    const price = batchPrice(PRICE, { millionths: 500_000, stacks: false });
    expect([price.cachedInputPusd, price.tiers[0]?.cachedInputPusd]).toEqual([50n, 100n]);
  });

  it('knows no other tier', () => {
    expect(batchPrice(PRICE, HALF)).toMatchObject({ serviceTiers: undefined, offPeak: undefined });
  });
});
