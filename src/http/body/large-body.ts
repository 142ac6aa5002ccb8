import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LongText, type PassedValue, parseExactInSteps, placeOf, RawElement } from '@thriftgate/providers';
import { type BodyRange, type BodyRules, BodyScanner, OF_CALLERS } from './body-scanner';

/** How much is hashed or checked at once, in bytes; between two such steps other calls have their turn. */
const STEP_BYTES = 1024 * 1024;

/**
 * Parses a large body without its long texts, whose bytes stand in their place.
 *
 * @param ranges the long texts and lists, in order
 * @param parse reads the rest
 * @throws Error where the bytes are no JSON
 */
export async function parseLarge(
  bytes: Buffer,
  ranges: readonly BodyRange[],
  parse: (json: string) => unknown,
): Promise<unknown> {
  const passed: (PassedValue | PassedValue[])[] = [];
  let [text, copied] = ['', 0];
  for (const [index, range] of ranges.entries()) {
    const { start, end, elements } = range;
    // The quotes of a text are left out with it.
    const [from, to] = elements ? [start, end] : [start - 1, end + 1];
    text += bytes.toString('utf8', copied, from) + placeOf(index);
    copied = to;
    passed.push(
      elements
        ? elements.map((element) => new RawElement(bytes.subarray(element.start, element.end)))
        : await longText(bytes.subarray(start, end), range.isPlain),
    );
  }
  text += bytes.toString('utf8', copied);
  await nextTurn();
  const steps = parseExactInSteps(text, parse, passed);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await nextTurn();
  }
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
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + STEP_BYTES, bytes.length);
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1;
    if (!isUtf8(bytes.subarray(start, end))) return false;
    start = end;
    await nextTurn();
  }
  return true;
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
