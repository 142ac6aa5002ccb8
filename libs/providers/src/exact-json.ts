import { randomUUID } from 'node:crypto';
import { isRecord, type JsonRecord } from './json-record';
import { JsonPieces } from './json-pieces';
import { LongNumber, LongText, type PassedValue } from './passed-values';

/**
 * JSON that comes out as it went in. JavaScript rounds numbers that a double does not hold, and moves members with whole numbers
 * as names to the front of their object. Here such a number is a {@link LongNumber}, and such a name begins with a mark until
 * it is written again.
 */

/** Begins marked names and numbers. U+FFFF sorts after all letters; no caller knows the rest. */
const MARK = `\uffff${randomUUID()}`;
const NUMBER_MARK = `${MARK}#`;
const TEXT_MARK = `${MARK}@`;
const MARKED = new RegExp(`"${MARK}(?:#([^"]+)")?`, 'g');
const TEXT = new RegExp(`"${TEXT_MARK}(\\d+)"`);

/** A long number, an exponent of three digits, or the end of a name that may be a whole number. Most texts have none. */
const SUSPICIOUS = /\d(?:\d{7}|[eE][+-]?\d{3}|"\s*:)/;
const TOKEN = /"|-?\d[\d.eE+-]*/g;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Doubles hold every number of so many digits. */
const SAFE_LENGTH = 15;
/** A longer number is not compared with its double. */
const MAX_COMPARED_LENGTH = 100;
/** A name that JavaScript sorts as a number. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
/** Ten digits, each as an escape. */
const LONGEST_INDEX_TEXT = 60;
const ESCAPE = /\\u([0-9a-fA-F]{4})/g;
const COLON = /\s*:/y;

/**
 * Parses JSON without losing digits or the order of members.
 *
 * @param parse reads the text, in which such numbers and names are marked
 * @param passed what stands at each {@link placeOf} in the text
 * @throws SyntaxError where the text is not JSON
 */
export function parseExact(
  text: string,
  parse: (json: string) => unknown = JSON.parse,
  passed: readonly (PassedValue | PassedValue[])[] = [],
): unknown {
  const { marked, hasNumbers } = SUSPICIOUS.test(text) ? markedText(text) : { marked: text, hasNumbers: false };
  const value = parse(marked);
  return hasNumbers || passed.length > 0 ? withPassed(value, passed) : value;
}

/** JSON text in place of a value that is not parsed. */
export function placeOf(index: number): string {
  return `"${TEXT_MARK}${index}"`;
}

/** JSON text, or its pieces where it has long texts. */
export type JsonBody = string | JsonPieces;

/** JSON of a value from {@link parseExact}, with all digits and the order of members. */
export function stringifyExact(value: unknown): JsonBody {
  const texts: LongText[] = [];
  LongNumber.mark = NUMBER_MARK;
  LongText.sink = { texts, mark: TEXT_MARK };
  try {
    const text = JSON.stringify(value);
    if (texts.length > 0)
      return JsonPieces.of(text.split(TEXT).map((part, at) => (at % 2 === 0 ? plain(part) : texts[Number(part)])));
    return text?.includes(MARK) ? plain(text) : text;
  } finally {
    LongNumber.mark = undefined;
    LongText.sink = undefined;
  }
}

/** In bytes. */
export function byteLengthOf(body: JsonBody): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
}

function plain(text: string): string {
  return text.replace(MARKED, (_mark, digits?: string) => digits ?? '"');
}

/** Whether an object has names with a mark. @param sorted its names, sorted by UTF-16 units */
export function hasMarkedNames(sorted: readonly string[]): boolean {
  return sorted.at(-1)?.startsWith(MARK) === true;
}

/** The object with the names that its sender wrote, in JavaScript's order. */
export function withPlainNames(value: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [plainName(name), item]));
}

function plainName(name: string): string {
  return name.startsWith(MARK) ? name.slice(MARK.length) : name;
}

function markedText(text: string): { marked: string; hasNumbers: boolean } {
  let [marked, copied, hasNumbers] = ['', 0, false];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const [token] = found;
    if (token === '"') {
      const end = endOfString(text, found.index);
      TOKEN.lastIndex = end;
      if (!isIndexName(text, found.index + 1, end - 1)) continue;
      marked += `${text.slice(copied, found.index + 1)}${MARK}`;
      copied = found.index + 1;
    } else if (!isHeldByDouble(token)) {
      marked += `${text.slice(copied, found.index)}"${NUMBER_MARK}${token}"`;
      copied = TOKEN.lastIndex;
      hasNumbers = true;
    }
  }
  return { marked: marked + text.slice(copied), hasNumbers };
}

/** Where a string ends, after its closing quote. @param start the index of the opening one */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function isIndexName(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST_INDEX_TEXT || !INDEX.test(nameAt(text, start, end))) return false;
  COLON.lastIndex = end + 1;
  return COLON.test(text);
}

/** A name as it is after its escapes; a name with a fault is left to the parser. */
function nameAt(text: string, start: number, end: number): string {
  const name = text.slice(start, end);
  return name.includes('\\')
    ? name.replaceAll(ESCAPE, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    : name;
}

/** Whether a double gives back the digits of a number. What is no number is left to the parser, which refuses it. */
function isHeldByDouble(token: string): boolean {
  const isShort = token.length <= SAFE_LENGTH;
  if ((isShort && !/[eE]/.test(token)) || !NUMBER.test(token)) return true;
  if (token.length > MAX_COMPARED_LENGTH) return false;
  const written = String(Number(token));
  if (written === token) return true;
  // Whole numbers stay whole numbers: 1e+21 is read as another type by some.
  return /[.eE]/.test(token) && decimalOf(token) === decimalOf(written);
}

/** One text for all ways to write a number: its digits without zeros at both ends, and the exponent of the last one. */
function decimalOf(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = `${whole}${fraction}`.replace(/^(-?)0+/, '$1');
  const significant = digits.replace(/0+$/, '');
  if (significant === '' || significant === '-') return '0';
  return `${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}

/** Replaces marked texts. Without recursion: a value may be nested very deeply. */
function withPassed(value: unknown, passed: readonly (PassedValue | PassedValue[])[]): unknown {
  const whole = { value };
  const open: (JsonRecord | unknown[])[] = [whole];
  for (let holder = open.pop(); holder; holder = open.pop()) {
    for (const [name, item] of Object.entries(holder)) {
      if (typeof item === 'string' && item.startsWith(MARK)) Object.assign(holder, { [name]: passedOf(item, passed) });
      else if (Array.isArray(item) || isRecord(item)) open.push(item);
    }
  }
  return whole.value;
}

function passedOf(marked: string, passed: readonly (PassedValue | PassedValue[])[]): unknown {
  return marked.startsWith(NUMBER_MARK)
    ? new LongNumber(marked.slice(NUMBER_MARK.length))
    : passed[Number(marked.slice(TEXT_MARK.length))];
}
