import * as fc from 'fast-check';
import { parseExact, stringifyExact } from './exact-json';
import { LongNumber } from './passed-values';

const again = (text: string) => String(stringifyExact(parseExact(text)));

describe('exact JSON', () => {
  it.each([
    '9223372036854775807',
    '-9223372036854775808',
    '18446744073709551616',
    '9007199254740993',
    '123456789012345678901234567890',
    '1000000000000000000000',
    '0.12345678901234567890123',
    '-1234567.12345678901',
    '1e400',
    '-1E-400',
    `${'9'.repeat(5_000)}`,
  ])('R36: keeps the digits of %s', (number) => {
    const text = `{"a":${number},"b":[1,${number}],"c":{"d":${number}}}`;
    expect(again(text)).toBe(text);
    expect(again(number)).toBe(number);
    expect((parseExact(text) as { a: unknown }).a).toEqual(new LongNumber(number));
  });

  it.each([
    '1',
    '-12',
    '0.1',
    '9007199254740991',
    '100000000000000000000',
    '1e2',
    '1.50',
    '1.0000000000000000000',
    '0e999',
  ])('R36: leaves %s a number', (number) =>
    expect(parseExact(`[12345678,${number}]`)).toEqual([12345678, Number(number)]),
  );

  it('R36: keeps texts that look like numbers', () => {
    const text =
      '{"a\\"9223372036854775807":"9223372036854775807, \\\\","b":": 9223372036854775808","c":9223372036854775809}';
    expect(again(text)).toBe(text);
    expect((parseExact(text) as { b: string }).b).toBe(': 9223372036854775808');
  });

  it('keeps the order of members with whole numbers as names', () => {
    const text = '{"b":1,"2":{"z":0,"10":1,"9":2},"a":[{"x":"1\\":","1":9223372036854775807}],"0":"\\"7\\":"}';
    expect(again(text)).toBe(text);
  });

  it('R36: writes nothing else otherwise than JSON.stringify', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 4 }), (text) => expect(again(text)).toBe(again(again(text)))));
    fc.assert(
      fc.property(fc.jsonValue(), fc.bigInt({ min: 10n ** 16n, max: 10n ** 40n }), (value, number) => {
        const text = JSON.stringify({ x: [value, 0], y: 1 });
        expect(again(`{"x":${number},"y":${text}}`)).toBe(`{"x":${number},"y":${again(text)}}`);
      }),
    );
  });

  it.each(['[12345678901234567x]', '[012345678901234567]', '[1.2.34567890123456789]', '["a" 9223372036854775807'])(
    'refuses what is no JSON: %s',
    (text) => expect(() => parseExact(text)).toThrow(SyntaxError),
  );

  it('R36: reads text that is nested a hundred thousand times', () => {
    expect(() => parseExact(`${'['.repeat(100_000)}9223372036854775807${']'.repeat(100_000)}`)).not.toThrow();
  });

  it('keeps the last of two members whose names are one whole number, however they are written', () => {
    for (const text of ['{"a":1,"10":1,"\\u0031\\u0030":2}', '{"a":1,"\\u00310":1,"10":2}'])
      expect(JSON.parse(String(stringifyExact(parseExact(text))))).toEqual({ a: 1, 10: 2 });
  });
});
