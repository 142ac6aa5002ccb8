import * as fc from 'fast-check';
import { tmpdir } from 'node:os';
import { LongText, stringifyExact } from '@thriftgate/providers';
import { cacheKey } from '../../cache/key/cache-key';
import { type BodyRules, BodyScanner, LONG_TEXT_BYTES } from './body-scanner';
import { BodyFile } from './body-file';
import { charsOfFile, parseLarge, parseStored } from './large-body';
import { StoredElement, StoredText } from './stored-parts';

const RULES: BodyRules = {
  maxValues: 1_000,
  maxParsedBytes: 100_000,
  leavesOutTexts: true,
  leavesOutLists: false,
};
const LISTS = { ...RULES, leavesOutLists: true };
const LONG = 'x'.repeat(LONG_TEXT_BYTES);

function scan(text: string, rules = RULES, size = 1_000): BodyScanner {
  const bytes = Buffer.from(text);
  const scanner = new BodyScanner(rules);
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  scanner.end();
  return scanner;
}

const parse = (text: string, rules = RULES, size = 1_000) =>
  parseLarge(Buffer.from(text), scan(text, rules, size).ranges, JSON.parse);

/** Runs something with a file of a body that comes in pieces of this size, and what a scan leaves out. */
async function inFile<T>(
  body: string | Buffer,
  use: (file: BodyFile, ranges: BodyScanner['ranges']) => Promise<T>,
  size = 1_000,
): Promise<T> {
  const bytes = Buffer.from(body);
  const scanner = new BodyScanner({ ...LISTS, maxParsedBytes: 10_000_000 });
  const file = new BodyFile(tmpdir());
  try {
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      scanner.push(piece);
      await file.append(piece);
    }
    scanner.end();
    return await use(await file.end(), scanner.ranges);
  } finally {
    await file.close();
  }
}

/** A value with the bytes of its stored parts read. */
async function read(value: unknown): Promise<unknown> {
  if (!(value instanceof StoredText || value instanceof StoredElement)) return value;
  const pieces: Buffer[] = [];
  for await (const piece of value.pieces()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

describe('a large body', () => {
  it.each([
    ['empty arrays', `{"x":[${'[],'.repeat(1_000)}1]}`],
    ['numbers', `[${'1,'.repeat(1_000)}1]`],
    ['members', `{${Array.from({ length: 1_001 }, (_, at) => `"${at}":1`).join()}}`],
    ['texts', `[${'"a[,{",'.repeat(1_000)}1]`],
  ])('A5: is refused with too many %s', (_what, text) => {
    expect(() => scan(text)).toThrow('more than 1,000 members and elements');
  });

  it('A5: is refused where it is nested too deeply, or has too much besides long texts', () => {
    expect(() => scan('['.repeat(257))).toThrow('nested deeper');
    expect(() => scan(`[${'"",'.repeat(900)}"${'y'.repeat(99_000)}"]`)).not.toThrow();
    const short = `"${'y'.repeat(LONG_TEXT_BYTES - 1)}"`;
    expect(() => scan(`[${Array.from({ length: 7 }, () => short).join()}]`)).toThrow('besides texts');
    expect(() => scan(`{"${'y'.repeat(100_001)}":1}`)).toThrow('besides texts');
    expect(() => scan(`[${' '.repeat(100_001)}]`)).toThrow('besides texts');
    expect(() => scan(`"${'y'.repeat(100_001)}"`, { ...RULES, leavesOutTexts: false })).toThrow('MB. Send');
  });

  it.each([
    ['long numbers', `[${'9223372036854775807,'.repeat(39_999)}9223372036854775807]`],
    ['names that are whole numbers', `{${Array.from({ length: 40_000 }, (_, at) => `"${at}":1.5`).join()}}`],
  ])('A5: lets others have their turns while it is parsed with many %s', async (_what, text) => {
    let [turns, isOver] = [0, false];
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const parsed = await parseLarge(Buffer.from(text), [], JSON.parse);
    isOver = true;
    expect(String(stringifyExact(parsed))).toBe(text);
    expect(turns).toBeGreaterThanOrEqual(8);
  });

  it('A5: is parsed as JSON.parse does, wherever its pieces are cut', async () => {
    const letter = fc.constantFrom('a', '"', '\\', '\n', '한', '😀', '\u2028', '\ud83d', '/', '{', '[', ',', ':');
    const long = fc.string({ unit: letter, minLength: 40, maxLength: 60 }).map((text) => text.repeat(400));
    const value = fc.record({ a: long, b: fc.jsonValue(), c: fc.array(fc.oneof(long, fc.string(), fc.integer())) });
    await fc.assert(
      fc.asyncProperty(value, fc.integer({ min: 1, max: 50 }), async (of, size) => {
        const text = JSON.stringify(of).replaceAll('/', '\\/');
        const rules = { ...RULES, maxParsedBytes: 10_000_000 };
        const parsed = await parse(text, rules, size);
        expect(JSON.parse(String(stringifyExact(parsed)))).toEqual(JSON.parse(text));
        expect((parsed as { a: unknown }).a).toBeInstanceOf(LongText);
      }),
      { numRuns: 50 },
    );
  });

  it('A5: has the same cache key as if it were small', async () => {
    const parts = { scope: 's', model: 'm', generation: 1, endpoint: '/', target: 't', namespace: undefined };
    const keyOf = (body: unknown) => cacheKey(parts, body as Record<string, unknown>, { names: new Set() });
    for (const piece of ['x', '한', '\\"', '\\/', '\\u00e9', '\\ud83d\\ude00', '\\ud800']) {
      for (const length of [LONG_TEXT_BYTES, 70_000]) {
        const text = `{"seed":9223372036854775807,"a":["${piece.repeat(length)}"]}`;
        const { a } = JSON.parse(text) as { a: string[] };
        const small = parseLarge(Buffer.from(`{"seed":9223372036854775807,"a":["${LONG}"]}`), [], JSON.parse);
        const expected = keyOf({ ...((await small) as object), a });
        expect(keyOf(await parse(text))).toBe(expected);
        expect(keyOf(await parse(text.replace('"]}', 'y"]}')))).not.toBe(expected);
      }
    }
  });

  it.each([
    ['a control character', `{"a":"${LONG}\n"}`],
    ['an unknown escape', `{"a":"${LONG}\\x"}`],
    ['half an escape', `{"a":"${LONG}\\u12"}`],
    ['no end', `{"a":"${LONG}`],
    ['two texts', `{"a":"${LONG}" "${LONG}"}`],
  ])('A5: is no JSON with %s in a long text', async (_what, text) => {
    await expect(parse(text)).rejects.toThrow(SyntaxError);
  });

  it('A5: has its lists as elements, each with a count of its own', async () => {
    const element = `{"a":[${'1,'.repeat(900)}"${LONG}"]\n}`;
    const text = ` {"n":[1, [2]],"requests":[ ${element},${element} , ],"m":"${LONG}","e":[]}`;
    await inFile(
      text,
      async (file, ranges) => {
        const { n, requests, m, e } = (await parseStored(file, ranges, JSON.parse)) as Record<string, unknown[]>;
        const textsOf = async (list: unknown[] = []) =>
          (await Promise.all(list.map(read))).map((each) => String(each).trim());
        expect([await textsOf(n), await textsOf(requests), e]).toEqual([['1', '[2]'], [element, element, ''], []]);
        expect(await read(m)).toBe(LONG);
      },
      7,
    );
    expect(() => scan(`{"requests":[[${'1,'.repeat(1_001)}1]]}`, LISTS)).toThrow('more than 1,000');
    expect(() => scan(`{"requests":[${'1,'.repeat(50_001)}1]}`, LISTS)).toThrow('at most 50,000 lines');
  });

  it.each([
    ['[1,"a\\n\\\\\\"", {} ]', [false, false, false]],
    ['[,1]', [true, false]],
    ['[1,, 2 , ]', [false, true, false, true]],
    ['["a\n",["\t"],"\\\\\r",{"a\0":1}, "b"]', [true, true, true, true, false]],
    ['[\n]', []],
  ])('R25: has broken elements in its lists: %j', (list, broken) => {
    const { ranges } = scan(`{"a":${list}}`, LISTS);
    expect(ranges.map(({ elements = [] }) => elements.map(({ isBroken }) => isBroken))).toEqual([broken]);
  });

  it('A5: has so many elements in all of its lists together', () => {
    const list = `[${'1,'.repeat(24_999)}1]`;
    expect(() => scan(`{"a":${list},"b":${list}}`, LISTS)).not.toThrow();
    expect(() => scan(`{"a":${list},"b":${list},"c":[1]}`, LISTS)).toThrow('at most 50,000 lines');
  });
});

describe('a large body in a file', () => {
  const letter = fc.constantFrom(
    'a',
    '"',
    '\\',
    '\n',
    '한',
    '😀',
    '\u2028',
    '\ud83d',
    '\ude00',
    '/',
    '{',
    '[',
    ',',
    ':',
  );
  /** JSON of the same text, with escapes where none are needed. */
  const written = (text: string, escapes: boolean) =>
    escapes
      ? `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(text);
  const long = fc
    .tuple(
      fc.string({ unit: letter, minLength: 40, maxLength: 60 }),
      fc.integer({ min: 400, max: 2_500 }),
      fc.boolean(),
    )
    .map(([unit, times, escapes]) => ({ text: unit.repeat(times), escapes }));

  it('R25: is read as JSON.parse reads it, wherever its pieces are cut and its members stand', async () => {
    const body = fc.record({
      text: long,
      list: fc.array(fc.jsonValue(), { maxLength: 20 }),
      before: fc.jsonValue(),
      after: fc.jsonValue(),
      space: fc.constantFrom('', ' ', '\r\n\t'),
    });
    await fc.assert(
      fc.asyncProperty(body, fc.integer({ min: 1, max: 5_000 }), async (of, size) => {
        const { space } = of;
        const elements = of.list.map((each) => JSON.stringify(each, null, space.trim() === '' ? 1 : 0));
        const members = [
          ['before', JSON.stringify([[of.before]])],
          ['input_file_content', written(of.text.text, of.text.escapes)],
          ['requests', `[${space}${elements.join(`${space},${space}`)}${space}]`],
          ['input_file_content', written(of.text.text, !of.text.escapes)],
          ['after', JSON.stringify({ a: of.after })],
        ].map(([name, json]) => `${space}"${name}"${space}:${space}${json}`);
        const json = `{${members.join(',')}${space}}`;
        await inFile(
          json,
          async (file, ranges) => {
            const parsed = (await parseStored(file, ranges, JSON.parse)) as Record<string, unknown>;
            const expected = JSON.parse(json) as Record<string, unknown>;
            expect(Object.keys(parsed)).toEqual(Object.keys(expected));
            expect(JSON.parse(String(stringifyExact(parsed.after)))).toEqual(expected.after);
            // No UTF-8 has half a character.
            expect(await read(parsed.input_file_content)).toBe(of.text.text.toWellFormed());
            expect(await Promise.all((parsed.requests as unknown[]).map(read))).toEqual(
              elements.map((each) => each + space),
            );
            expect(await charsOfFile(file)).toBe(/^[\0-\x7f]*$/.test(json) ? 'ASCII' : 'UTF-8');
          },
          size,
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a control character', `{"a":"${LONG}\n"}`],
    ['an unknown escape', `{"a":"${LONG}\\x"}`],
    ['half an escape', `{"a":"${LONG}\\u12"}`],
    ['no end', `{"a":"${LONG}`],
    ['two texts', `{"a":"${LONG}" "${LONG}"}`],
    ['no end of a list', `{"requests":[1,2`],
    ['no comma after a list', `{"requests":[1,2] "a":1}`],
  ])('R25: is no JSON with %s', async (_what, text) => {
    await expect(inFile(text, (file, ranges) => parseStored(file, ranges, JSON.parse))).rejects.toThrow(SyntaxError);
  });

  it.each([1, 2, 3])('R25: is no UTF-8 where a character lacks a byte, %d bytes before a step ends', async (before) => {
    const step = 1024 * 1024;
    const whole = Buffer.from(`"${'x'.repeat(step - 1 - before)}😀${'y'.repeat(100)}"`);
    expect(await inFile(whole, charsOfFile, 65_536)).toBe('UTF-8');
    const cut = Buffer.concat([whole.subarray(0, step - before + 3), whole.subarray(step - before + 4)]);
    expect(await inFile(cut, charsOfFile, 65_536)).toBeUndefined();
  });
});
