import * as fc from 'fast-check';
import { LongText, RawElement, stringifyExact } from '@thriftgate/providers';
import { cacheKey } from '../../cache/key/cache-key';
import { type BodyRules, BodyScanner, LONG_TEXT_BYTES } from './body-scanner';
import { parseLarge } from './large-body';

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
    const parsed = (await parse(text, LISTS, 7)) as Record<string, RawElement[]>;
    const texts = Object.fromEntries(
      Object.entries(parsed).map(([name, list]) => [
        name,
        Array.isArray(list) ? list.map(({ json }) => String(json).trim()) : list,
      ]),
    );
    expect(texts).toEqual({ n: ['1', '[2]'], requests: [element, element, ''], m: expect.any(LongText), e: [] });
    expect(() => scan(`{"requests":[[${'1,'.repeat(1_001)}1]]}`, LISTS)).toThrow('more than 1,000');
    expect(() => scan(`{"requests":[${'1,'.repeat(50_001)}1]}`, LISTS)).toThrow('at most 50,000 lines');
  });
});
