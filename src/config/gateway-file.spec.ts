import { gatewayFileSchema } from './gateway-file';

const PRICES = (input: unknown, output: unknown) => ({
  prices: { m: { input_usd_per_mtok: input, output_usd_per_mtok: output } },
});

describe('gateway.yaml', () => {
  it('N17: takes numbers for money if they are exact', () => {
    expect(gatewayFileSchema.parse(PRICES(8, 0.05))).toEqual(gatewayFileSchema.parse(PRICES('8', '0.05')));
  });

  it.each([1e-7, -8, Number.NaN, 0.123_456_7])('N17: refuses %d for a price', (price) => {
    expect(gatewayFileSchema.safeParse(PRICES(price, 1)).success).toBe(false);
  });
});
