import fc from 'fast-check';
import { formatUsd, formatUsdPerMillionTokens, parseDecimal, parseUsd, parseUsdPerMillionTokens } from './money';

describe('money', () => {
  it('writes dollars without trailing zeros', () => {
    expect(formatUsd(218_000_000n)).toBe('0.000218');
    expect(formatUsd(0n)).toBe('0');
    expect(formatUsd(1_000_000_000_000n)).toBe('1');
    expect(formatUsd(-1n)).toBe('-0.000000000001');
  });

  it('reads formatted dollars back unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (pusd) => parseUsd(formatUsd(pusd)) === pusd),
    );
  });

  it('reads prices exactly, also with exponents', () => {
    expect(parseUsdPerMillionTokens('8.00')).toBe(8_000_000n);
    expect(parseDecimal('5e-07', 12)).toBe(500_000n);
    expect(parseDecimal('2.5e-8', 12)).toBe(25_000n);
    expect(parseDecimal('1.5E+2', 0)).toBe(150n);
  });

  it('writes prices per million tokens as they are read', () => {
    for (const price of ['0', '0.15', '8', '0.000001'])
      expect(formatUsdPerMillionTokens(parseUsdPerMillionTokens(price))).toBe(price);
  });

  it.each(['', 'abc', '1,5', 'NaN', 'Infinity', '0x10', '1e-13', '--1'])('refuses %p', (text) => {
    expect(() => parseUsd(text)).toThrow(RangeError);
  });
});
