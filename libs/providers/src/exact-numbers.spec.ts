import * as fc from 'fast-check';
import { parseExact } from './exact-json';
import { LongNumber } from './passed-values';

/** Whether a number stays one. */
function isHeldByDouble(number: string): boolean {
  const [, parsed] = parseExact(`[12345678,${number}]`) as unknown[];
  if (parsed instanceof LongNumber) expect(parsed.text).toBe(number);
  return !(parsed instanceof LongNumber);
}

/** Whether a double's shortest text has the same value, exactly. */
function isHeld(number: string): boolean {
  const written = String(Number(number));
  if (!/[.eE]/.test(number)) return written === number || number === '-0';
  return Number.isFinite(Number(number)) && fractionOf(number) === fractionOf(written);
}

/** The value as a reduced fraction, without its sign: that of zero is not kept. */
function fractionOf(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().replace(/^-/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let [digits, power] = [BigInt(whole + fraction), BigInt(exponent) - BigInt(fraction.length)];
  if (digits === 0n) return '0';
  for (; digits % 10n === 0n; digits /= 10n) power += 1n;
  return `${digits}e${power}`;
}

const digit = fc.constantFrom(...'0000123456789');
const digits = (maxLength: number) => fc.string({ unit: digit, minLength: 1, maxLength });
const whole = digits(40).map((text) => text.replace(/^0+(?=\d)/, ''));
const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    whole,
    fc.option(digits(40)),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-', 'e-', 'e00'), fc.integer({ min: 0, max: 400 }))),
  )
  .map(
    ([sign, first, rest, exponent]) => `${sign}${first}${rest === null ? '' : `.${rest}`}${exponent?.join('') ?? ''}`,
  );
/** In the ways that others write doubles, often a unit beside one. */
const nearDouble = fc
  .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 20 }), fc.boolean())
  .map(([value, places, isLong]) => (isLong ? value.toExponential(places) : value.toPrecision(places + 1)));

describe('numbers that a double holds', () => {
  it('R36: are those whose digits it gives back', () => {
    fc.assert(
      fc.property(fc.oneof(decimal, nearDouble), (number) => expect(isHeldByDouble(number)).toBe(isHeld(number))),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '1e-999999999999999999999',
    '1e9007199254740993',
    '4.940656458412465441765687928682213723651e-324',
    '3e-324',
  ])('R36: are not all: %s', (number) => expect(isHeldByDouble(number)).toBe(false));

  it.each([
    '5e-324',
    '1.7976931348623157e+308',
    '-0.0000012345678901234567',
    '0e99999999999999999999',
    '-0.0000000000000000',
  ])('R36: are also %s', (number) => expect(isHeldByDouble(number)).toBe(true));
});
