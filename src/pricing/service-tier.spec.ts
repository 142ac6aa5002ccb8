import { FREE, type Price } from './price';
import { holdPriceInTier, priceInTier } from './service-tier';

const PRICE: Price = {
  ...FREE,
  inputPusd: 2_000_000n,
  cachedInputPusd: 200_000n,
  cacheWritePusd: 2_500_000n,
  outputPusd: 8_000_000n,
  reasoningPusd: 8_000_000n,
};

describe('the price of a service tier', () => {
  it.each([undefined, 'default', 'standard', 'on_demand', 'auto', 'scale'])('R19: %s is the model’s', (tier) => {
    expect(priceInTier(PRICE, tier)).toBe(PRICE);
    expect(holdPriceInTier(PRICE, tier)).toBe(PRICE);
  });

  it('R19: is estimated where a tier was requested and the response names none', () => {
    for (const asked of ['priority', 'flex']) {
      expect(priceInTier(PRICE, undefined, asked)).toEqual({ ...PRICE, estimated: true });
      expect(priceInTier(PRICE, 'default', asked)).toBe(PRICE);
    }
    for (const asked of [undefined, 'auto', 'default']) expect(priceInTier(PRICE, undefined, asked)).toBe(PRICE);
    expect(priceInTier({ ...FREE }, undefined, 'priority')).toEqual(FREE);
  });

  it.each([
    ['priority', 4_000_000n, 16_000_000n],
    ['ultrafast', 12_000_000n, 48_000_000n],
    ['flex', 1_000_000n, 4_000_000n],
    ['spot', 1_000_000n, 4_000_000n],
    ['of another vendor', 2_000_000n, 8_000_000n],
  ])('R19: %s is another one, and estimated', (tier, inputPusd, outputPusd) => {
    expect(priceInTier(PRICE, tier)).toMatchObject({ inputPusd, outputPusd, estimated: true });
  });

  it('R19: is held at the dearer one', () => {
    expect(holdPriceInTier(PRICE, 'priority')).toMatchObject({ inputPusd: 4_000_000n });
    for (const tier of ['flex', 'of another vendor']) expect(holdPriceInTier(PRICE, tier)).toBe(PRICE);
  });

  it('is that of the catalogue where it has one, and exact', () => {
    const flex = { ...PRICE, inputPusd: 900_000n, tiers: [] };
    const price = { ...PRICE, serviceTiers: { flex } };
    expect(priceInTier(price, 'flex')).toMatchObject({ inputPusd: 900_000n, estimated: false });
    expect(holdPriceInTier(price, 'flex')).toBe(price);
  });

  it('of the simulator is nothing', () => expect(priceInTier(FREE, 'priority')).toBe(FREE));
});
