import fc from 'fast-check';
import { formatKrw, formatRate, formatUsd, sumDecimals } from './money';

describe('dollars', () => {
  it.each([
    ['8211.9', '$8,211.90'],
    ['0', '$0.00'],
    ['0.000192', '$0.000192'],
    ['0.0099', '$0.009900'],
    ['0.01', '$0.01'],
    ['0.0000004', '<$0.000001'],
    ['-0.0000004', '>-$0.000001'],
    ['-12.345', '-$12.35'],
    ['5e-7', '$0.000001'],
  ])('%s is %s in English and in Korean', (usd, text) => {
    expect(formatUsd(usd, 'en')).toBe(text);
    expect(formatUsd(usd, 'ko')).toBe(text);
  });

  it('keeps digits that a float has not', () => {
    expect(formatUsd('90071992547409931234.56', 'ko')).toBe('$90,071,992,547,409,931,234.56');
    expect(formatUsd('9007199254740993.01', 'en', { style: 'exact' })).toBe('$9,007,199,254,740,993.01');
  });

  it('shows all decimals of the cost of one call', () => {
    expect(formatUsd('0.0195', 'ko', { style: 'exact' })).toBe('$0.0195');
    expect(formatUsd('2', 'ko', { style: 'exact' })).toBe('$2.00');
  });

  it('shows no cents on an axis of whole dollars', () => {
    expect(formatUsd('2000', 'ko', { style: 'axis' })).toBe('$2,000');
    expect(formatUsd('0.5', 'ko', { style: 'axis' })).toBe('$0.50');
    expect(formatUsd('0.002', 'ko', { style: 'axis' })).toBe('$0.002');
  });

  it('prints cents as they are', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 30n }), (cents) => {
        const digits = String(cents).padStart(3, '0');
        const usd = `${digits.slice(0, -2)}.${digits.slice(-2)}`;
        expect(formatUsd(usd, 'ko').replaceAll(/[$,]/g, '')).toBe(usd);
      }),
    );
  });

  it('sums', () => {
    expect(sumDecimals(['0.1', '0.2', '979.2'])).toBe('979.5');
    expect(sumDecimals([])).toBe('0');
  });
});

describe('won', () => {
  it('is approximate and has no decimals', () => {
    expect(formatKrw('12408.22', '1363.75', 'ko')).toBe('약 ₩16,921,710');
    expect(formatKrw('12408.22', '1363.75', 'en')).toBe('about ₩16,921,710');
    expect(formatKrw('1', '1363.75', 'ko', { about: false })).toBe('₩1,364');
  });

  it('is compact by 만 and 억, with a comma', () => {
    const headline = (usd: string, locale: string) => formatKrw(usd, '1363.75', locale, { compact: 'headline' });
    expect(headline('12408.22', 'ko')).toBe('약 ₩1,692만');
    expect(headline('905268', 'ko')).toBe('약 ₩12.3억');
    expect(headline('60', 'ko')).toBe('약 ₩81,825');
    expect(headline('-80', 'ko')).toBe('약 -₩10.9만');
    expect(headline('12408.22', 'en')).toBe('about ₩16.9M');
    expect(formatKrw('60', '1363.75', 'ko', { compact: 'axis', about: false })).toBe('₩8.18만');
    expect(formatKrw('6', '1363.75', 'ko', { compact: 'axis', about: false })).toBe('₩8,183');
  });

  it('does not show zero for less than one won', () => {
    expect(formatKrw('0.0001', '1363.75', 'ko')).toBe('<₩1');
    expect(formatKrw('0', '1363.75', 'ko')).toBe('약 ₩0');
  });

  it('has a rate with all its decimals', () => {
    expect(formatRate('1385.50', 'ko')).toBe('1,385.50');
    expect(formatRate('1400', 'en')).toBe('1,400');
  });

  it('is exact where a float of the product is not', () => {
    expect(formatKrw('9007199254740993', '1', 'ko')).toBe('약 ₩9,007,199,254,740,993');
  });
});
