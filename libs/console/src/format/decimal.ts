/** An exact decimal number: `units` × 10^-`scale`. */
export interface Decimal {
  units: bigint;
  scale: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal number such as `"8211.90"` or `"5e-7"`.
 *
 * @throws RangeError if the text is no decimal number
 */
export function parseDecimal(text: string): Decimal {
  const match = DECIMAL.exec(text);
  if (!match) throw new RangeError(`"${text}" is not a decimal number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units: digits, scale } : { units: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Writes a decimal number without an exponent and without zeros at its end: `"0.000192"`, `"-12"`. */
export function decimalText({ units, scale }: Decimal): string {
  const sign = units < 0n ? '-' : '';
  const digits = magnitude(units)
    .toString()
    .padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 || fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** The exact sum of two decimal numbers. @throws RangeError as {@link parseDecimal} */
export function addDecimal(left: string, right: string): string {
  const [a, b, scale] = aligned(left, right);
  return decimalText({ units: a + b, scale });
}

/** The exact product of two decimal numbers. @throws RangeError as {@link parseDecimal} */
export function multiplyDecimal(left: string, right: string): string {
  const a = parseDecimal(left);
  const b = parseDecimal(right);
  return decimalText({ units: a.units * b.units, scale: a.scale + b.scale });
}

/** Below zero if `left` is less than `right`, above zero if it is greater, else zero. @throws RangeError as {@link parseDecimal} */
export function compareDecimal(left: string, right: string): number {
  const [a, b] = aligned(left, right);
  return a < b ? -1 : Number(a > b);
}

/** Rounds to a number of decimals, halves away from zero. @throws RangeError as {@link parseDecimal} */
export function roundDecimal(text: string, decimals: number): string {
  const { units, scale } = parseDecimal(text);
  if (scale <= decimals) return decimalText({ units, scale });
  const divisor = 10n ** BigInt(scale - decimals);
  const rounded = (magnitude(units) + divisor / 2n) / divisor;
  return decimalText({ units: units < 0n ? -rounded : rounded, scale: decimals });
}

/**
 * `part` of `whole` as a number, for percentages and pixels: 0.602 is 60.2 %. Undefined if `whole` is zero.
 *
 * @throws RangeError as {@link parseDecimal}
 */
export function ratio(part: string, whole: string): number | undefined {
  const [a, b] = aligned(part, whole);
  if (b === 0n) return undefined;
  return Number((a * 10n ** 9n) / b) / 1e9;
}

function aligned(left: string, right: string): [bigint, bigint, number] {
  const a = parseDecimal(left);
  const b = parseDecimal(right);
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

const magnitude = (units: bigint) => (units < 0n ? -units : units);
