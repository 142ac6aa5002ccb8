import fc from 'fast-check';
import { addDecimal, compareDecimal, decimalText, multiplyDecimal, parseDecimal, ratio, roundDecimal } from './decimal';

const decimals = fc
  .record({ units: fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), scale: fc.integer({ min: 0, max: 12 }) })
  .map(decimalText);

describe('decimal', () => {
  it('adds without the errors of floats', () => {
    expect(addDecimal('0.1', '0.2')).toBe('0.3');
    expect(addDecimal('9007199254740993', '0.000000000001')).toBe('9007199254740993.000000000001');
    expect(addDecimal('1.5', '-1.5')).toBe('0');
  });

  it('adds and takes away the same', () => {
    fc.assert(
      fc.property(decimals, decimals, (left, right) => {
        const sum = addDecimal(left, right);
        const negative = right.startsWith('-') ? right.slice(1) : `-${right}`;
        expect(addDecimal(sum, negative)).toBe(left);
      }),
    );
  });

  it('reads what it writes', () => {
    fc.assert(fc.property(decimals, (text) => decimalText(parseDecimal(text)) === text));
  });

  it('multiplies as integers do', () => {
    fc.assert(fc.property(fc.bigInt(), fc.bigInt(), (a, b) => multiplyDecimal(String(a), String(b)) === String(a * b)));
    expect(multiplyDecimal('8211.90', '1380.55')).toBe('11336938.545');
  });

  it('orders', () => {
    expect(compareDecimal('2', '10')).toBeLessThan(0);
    expect(compareDecimal('1.0', '1')).toBe(0);
    expect(compareDecimal('-1', '-2')).toBeGreaterThan(0);
  });

  it('rounds halves away from zero', () => {
    expect(roundDecimal('2.5', 0)).toBe('3');
    expect(roundDecimal('-2.5', 0)).toBe('-3');
    expect(roundDecimal('0.0049', 2)).toBe('0');
    expect(roundDecimal('1.25', 4)).toBe('1.25');
  });

  it('says what part one is of another', () => {
    expect(ratio('12408.22', '20620.12')).toBeCloseTo(0.6018, 4);
    expect(ratio('1', '0')).toBeUndefined();
  });

  it('reads exponents, as numbers print them', () => {
    expect(decimalText(parseDecimal(String(5e-7)))).toBe('0.0000005');
    expect(decimalText(parseDecimal(String(1e21)))).toBe('1000000000000000000000');
  });

  it.each(['', 'abc', '1,5', 'NaN', 'Infinity', '0x10', '--1', '1.', ' 1'])('refuses %p', (text) => {
    expect(() => parseDecimal(text)).toThrow(RangeError);
  });
});
