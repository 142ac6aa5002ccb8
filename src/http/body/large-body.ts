import { createHash } from 'node:crypto';
import { isAscii, isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LongText, type PassedValue, parseExactInSteps, placeOf } from '@thriftgate/providers';
import type { BodyFile } from './body-file';
import { type BodyRange, type BodyRules, BodyScanner, OF_CALLERS } from './body-scanner';
import { StoredElement, StoredText } from './stored-parts';

/** How much is hashed or checked at once, in bytes; between two such steps other calls have their turn. */
const STEP_BYTES = 1024 * 1024;
/** Bytes of a character after its first. */
const MAX_CONTINUATIONS = 3;

/**
 * Parses a large body without its long texts, whose bytes stand in their place.
 *
 * @param ranges the long texts, in order
 * @param parse reads the rest
 * @throws Error where the bytes are no JSON
 */
export function parseLarge(
  bytes: Buffer,
  ranges: readonly BodyRange[],
  parse: (json: string) => unknown,
): Promise<unknown> {
  return parseRest(ranges, parse, {
    read: (start, end) => bytes.subarray(start, end),
    passed: ({ start, end, isPlain }) => longText(bytes.subarray(start, end), isPlain),
    length: bytes.length,
  });
}

/**
 * Parses a body in a file without its long texts and lists, which stay there: {@link StoredText}s, and arrays of
 * {@link StoredElement}s, stand in their place.
 *
 * @param ranges the long texts and lists, in order
 * @param parse reads the rest
 * @throws Error where the bytes are no JSON, elements of lists aside
 */
export function parseStored(
  file: BodyFile,
  ranges: readonly BodyRange[],
  parse: (json: string) => unknown,
): Promise<unknown> {
  return parseRest(ranges, parse, {
    read: (start, end) => file.read(start, end),
    passed: async ({ start, end, isPlain, elements }) => {
      if (elements) return elements.map((each) => new StoredElement(file, each.start, each.end, each.isBroken));
      const text = new StoredText(file, start, end, isPlain);
      if (!isPlain) await readToEnd(text.pieces());
      return text;
    },
    length: file.length,
  });
}

/** A body that is parsed in part. */
interface PartedBody {
  read(start: number, end: number): Buffer | Promise<Buffer>;
  /** What stands in place of a part that is not parsed. @throws SyntaxError where it is no JSON */
  passed(range: BodyRange): Promise<PassedValue | PassedValue[]>;
  length: number;
}

async function parseRest(
  ranges: readonly BodyRange[],
  parse: (json: string) => unknown,
  body: PartedBody,
): Promise<unknown> {
  const passed: (PassedValue | PassedValue[])[] = [];
  let [text, copied] = ['', 0];
  for (const [index, range] of ranges.entries()) {
    const { start, end, elements } = range;
    // The quotes of a text are left out with it.
    const [from, to] = elements ? [start, end] : [start - 1, end + 1];
    text += (await body.read(copied, from)).toString('utf8') + placeOf(index);
    copied = to;
    passed.push(await body.passed(range));
  }
  text += (await body.read(copied, body.length)).toString('utf8');
  await nextTurn();
  const steps = parseExactInSteps(text, parse, passed);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await nextTurn();
  }
}

/** @throws SyntaxError where a text is no JSON */
async function readToEnd(pieces: AsyncIterator<unknown>): Promise<void> {
  while (!(await pieces.next()).done);
}

/**
 * Parses JSON of a caller, apart from its long texts, in steps between which other calls have their turn.
 *
 * @throws GatewayError `request_too_large`, `invalid_request`; Error where the bytes are no JSON
 */
export async function parseInPieces(bytes: Buffer, maxValues: number = OF_CALLERS.maxValues): Promise<unknown> {
  const rules: BodyRules = { ...OF_CALLERS, maxValues, leavesOutTexts: true, leavesOutLists: false };
  const scanner = new BodyScanner(rules);
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    scanner.push(bytes.subarray(at, at + STEP_BYTES));
    await nextTurn();
  }
  scanner.end();
  return parseLarge(bytes, scanner.ranges, JSON.parse);
}

/** The pieces as one, copied in steps. */
export async function concatInSteps(pieces: readonly Buffer[]): Promise<Buffer> {
  const whole = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let [at, copied] = [0, 0];
  for (const piece of pieces) {
    at += piece.copy(whole, at);
    if (at - copied < STEP_BYTES) continue;
    copied = at;
    await nextTurn();
  }
  return whole;
}

/** Whether bytes are UTF-8, asked in steps. */
export async function isUtf8InSteps(bytes: Buffer): Promise<boolean> {
  return (await charsOf(bytes.length, (start, end) => bytes.subarray(start, end))) !== undefined;
}

/** The characters of a body in a file, or undefined where its bytes are no UTF-8. */
export function charsOfFile(file: BodyFile): Promise<'ASCII' | 'UTF-8' | undefined> {
  return charsOf(file.length, (start, end) => file.read(start, end));
}

async function charsOf(
  length: number,
  read: (start: number, end: number) => Buffer | Promise<Buffer>,
): Promise<'ASCII' | 'UTF-8' | undefined> {
  let isAsciiOnly = true;
  for (let start = 0; start < length;) {
    const bytes = await read(start, Math.min(start + STEP_BYTES + MAX_CONTINUATIONS, length));
    let end = Math.min(STEP_BYTES, bytes.length);
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1;
    const step = bytes.subarray(0, end);
    if (!isUtf8(step)) return undefined;
    isAsciiOnly &&= isAscii(step);
    start += end;
    await nextTurn();
  }
  return isAsciiOnly ? 'ASCII' : 'UTF-8';
}

/** The text as `JSON.stringify` writes it, so that equal texts have equal digests. */
async function longText(json: Buffer, isPlain: boolean): Promise<LongText> {
  const written = isPlain ? json : await rewritten(new LongText(json, isPlain));
  const hash = createHash('sha256');
  for (let at = 0; at < written.length; at += STEP_BYTES) {
    hash.update(written.subarray(at, at + STEP_BYTES));
    await nextTurn();
  }
  return new LongText(written, isPlain, hash.digest('hex'));
}

async function rewritten(text: LongText): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const piece of text.pieces()) {
    parts.push(Buffer.from(JSON.stringify(piece).slice(1, -1)));
    await nextTurn();
  }
  return Buffer.concat(parts);
}
