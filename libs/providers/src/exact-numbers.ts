/** Which numbers of JSON a double holds, so that it gives back their digits. A body may have tens of thousands of them. */

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Doubles hold every number of so many digits, unless its exponent is extreme. */
const SAFE_DIGITS = 15;
const MAX_SAFE_EXPONENT = 290;
/** No double is written with more digits, and none is written longer: `-0.0000012345678901234567`. */
const MAX_DIGITS = 17;
const MAX_WRITTEN_LENGTH = 25;
/** A longer number is not compared with its double. */
const MAX_COMPARED_LENGTH = 100;
const [PLUS, MINUS, POINT, ZERO, NINE, UPPER_E, LOWER_E] = [0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x45, 0x65];

/** Where what may be a number ends. @param start of its sign or first digit */
export function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at += 1;
  return at;
}

function isOfNumber(unit: number): boolean {
  if (unit >= ZERO && unit <= NINE) return true;
  return unit === POINT || unit === LOWER_E || unit === UPPER_E || unit === PLUS || unit === MINUS;
}

/** Whether {@link isHeldByDouble} has to be asked. */
export function mayBeLong(text: string, start: number, end: number): boolean {
  if (end - start > SAFE_DIGITS) return true;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === LOWER_E || unit === UPPER_E) return true;
  }
  return false;
}

/** Whether a double gives back the digits of a number. What is no number is left to the parser, which refuses it. */
export function isHeldByDouble(number: string): boolean {
  if (!NUMBER.test(number)) return true;
  if (number.length > MAX_COMPARED_LENGTH) return false;
  const written = number.length > MAX_WRITTEN_LENGTH ? undefined : String(Number(number));
  if (written === number) return true;
  // Whole numbers stay whole numbers: 1e+21 is read as another type by some.
  if (!/[.eE]/.test(number)) return false;
  const { digits, exponent } = decimalOf(number);
  if (digits.length > MAX_DIGITS) return false;
  if (digits.length <= SAFE_DIGITS && Math.abs(exponent) <= MAX_SAFE_EXPONENT) return true;
  const held = decimalOf(written ?? String(Number(number)));
  return held.digits === digits && held.exponent === exponent;
}

/** What all ways to write a number have in common: its digits without zeros at both ends, and the exponent of the last one. */
function decimalOf(number: string): { digits: string; exponent: number } {
  const mark = Math.max(number.indexOf('e'), number.indexOf('E'));
  const end = mark === -1 ? number.length : mark;
  const start = number.startsWith('-') ? 1 : 0;
  const point = number.indexOf('.');
  const whole = point === -1 ? number.slice(start, end) : number.slice(start, point);
  const fraction = point === -1 ? '' : number.slice(point + 1, end);
  const all = whole + fraction;
  let [from, to] = [0, all.length];
  while (all.charCodeAt(to - 1) === ZERO) to -= 1;
  while (from < to && all.charCodeAt(from) === ZERO) from += 1;
  if (from === to) return { digits: '', exponent: 0 };
  const written = mark === -1 ? 0 : Number(number.slice(mark + 1));
  return { digits: all.slice(from, to), exponent: written - fraction.length + all.length - to };
}
