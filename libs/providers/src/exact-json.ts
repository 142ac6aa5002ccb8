import { randomBytes } from 'node:crypto';
import { endOfNumber, isHeldByDouble, mayBeLong } from './exact-numbers';
import { isRecord, type JsonRecord } from './json-record';
import { JsonPieces } from './json-pieces';
import { LongNumber, LongText, type PassedValue } from './passed-values';

/**
 * JSON that comes out as it went in. JavaScript rounds numbers that a double does not hold, and moves members with whole numbers
 * as names to the front of their object. Here such a number is a {@link LongNumber}, and such a name begins with a mark until
 * it is written again.
 */

/** No caller knows it. Short, as a body may have it many times. */
const MARK = randomBytes(9).toString('base64url');
/** Begins marked names. U+FFFF sorts after all letters. */
const NAME_MARK = `\uffff${MARK}`;
/** Begin marked values. Of ASCII: most texts have one byte a letter, and with them their copies. */
const NUMBER_MARK = `${MARK}#`;
const TEXT_MARK = `${MARK}@`;
const MARKED_NUMBER = new RegExp(`"${NUMBER_MARK}([^"]+)"`, 'g');
const TEXT = new RegExp(`"${TEXT_MARK}(\\d+)"`);

/** A long number, an exponent of three digits, or the end of a name that may be a whole number. Most texts have none. */
const SUSPICIOUS = /\d(?:\d{7}|[eE][+-]?\d{3}|"\s*:)/;
const [QUOTE, BACKSLASH, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x2d, 0x30, 0x39];
/** A name that JavaScript sorts as a number. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
/** So many values are read, or looked at, in a step: a few milliseconds of work. */
const STEP_VALUES = 5_000;
/** Ten digits, each as an escape. */
const LONGEST_INDEX_TEXT = 60;
const ESCAPE = /\\u([0-9a-fA-F]{4})/g;
const COLON = /\s*:/y;

/**
 * Parses JSON without losing digits or the order of members.
 *
 * @param parse reads the text, in which such numbers and names are marked
 * @throws SyntaxError where the text is not JSON
 */
export function parseExact(text: string, parse: (json: string) => unknown = JSON.parse): unknown {
  const steps = parseExactInSteps(text, parse);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * As {@link parseExact}, in steps: between them, other calls may have their turns.
 *
 * @param passed what stands at each {@link placeOf} in the text
 */
export function* parseExactInSteps(
  text: string,
  parse: (json: string) => unknown,
  passed: readonly (PassedValue | PassedValue[])[] = [],
): Generator<void, unknown, undefined> {
  const { marked, hasNumbers } = SUSPICIOUS.test(text) ? yield* markedText(text) : { marked: text, hasNumbers: false };
  const value = parse(marked);
  return hasNumbers || passed.length > 0 ? yield* withPassed(value, passed) : value;
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
  return text.replace(MARKED_NUMBER, '$1').replaceAll(`"${NAME_MARK}`, '"');
}

/** Whether an object has names with a mark. @param sorted its names, sorted by UTF-16 units */
export function hasMarkedNames(sorted: readonly string[]): boolean {
  return sorted.at(-1)?.startsWith(NAME_MARK) === true;
}

/** The object with the names that its sender wrote, in JavaScript's order. */
export function withPlainNames(value: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [plainName(name), item]));
}

function plainName(name: string): string {
  return name.startsWith(NAME_MARK) ? name.slice(NAME_MARK.length) : name;
}

/** Reads unit by unit: a match of an expression for each number would cost more than all the rest. */
function* markedText(text: string): Generator<void, { marked: string; hasNumbers: boolean }, undefined> {
  let [marked, copied, hasNumbers, work] = ['', 0, false, 0];
  for (let at = 0; at < text.length;) {
    const start = at;
    const unit = text.charCodeAt(start);
    if (unit === QUOTE) {
      at = endOfString(text, start);
      if (!isIndexName(text, start + 1, at - 1)) continue;
      if ((work += 1) % STEP_VALUES === 0) yield;
      marked += `${text.slice(copied, start + 1)}${NAME_MARK}`;
      copied = start + 1;
    } else if (unit === MINUS || (unit >= ZERO && unit <= NINE)) {
      at = endOfNumber(text, start);
      if (!mayBeLong(text, start, at)) continue;
      if ((work += 1) % STEP_VALUES === 0) yield;
      const number = text.slice(start, at);
      if (isHeldByDouble(number)) continue;
      marked += `${text.slice(copied, start)}"${NUMBER_MARK}${number}"`;
      copied = at;
      hasNumbers = true;
    } else at += 1;
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
  const first = text.charCodeAt(start);
  if (first !== BACKSLASH && !(first >= ZERO && first <= NINE)) return false;
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

/** Replaces marked texts. Without recursion: a value may be nested very deeply. */
function* withPassed(
  value: unknown,
  passed: readonly (PassedValue | PassedValue[])[],
): Generator<void, unknown, undefined> {
  const whole = { value };
  const open: (JsonRecord | unknown[])[] = [whole];
  const passedIn = (item: unknown) => {
    if (typeof item === 'string' && item.startsWith(MARK)) return passedOf(item, passed);
    if (Array.isArray(item) || isRecord(item)) open.push(item);
    return item;
  };
  let work = 0;
  for (let holder = open.pop(); holder; holder = open.pop()) {
    // Elements by their index: their names would be as many texts.
    const names = Array.isArray(holder) ? undefined : Object.keys(holder);
    for (let at = 0; at < (names ?? (holder as unknown[])).length; at += 1) {
      const place = (names?.[at] ?? at) as keyof typeof holder;
      holder[place] = passedIn(holder[place]) as never;
      if ((work += 1) % STEP_VALUES === 0) yield;
    }
  }
  return whole.value;
}

function passedOf(marked: string, passed: readonly (PassedValue | PassedValue[])[]): unknown {
  return marked.startsWith(NUMBER_MARK)
    ? new LongNumber(marked.slice(NUMBER_MARK.length))
    : passed[Number(marked.slice(TEXT_MARK.length))];
}
