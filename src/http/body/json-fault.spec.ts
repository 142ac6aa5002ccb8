import * as fc from 'fast-check';
import { describeFault } from './json-fault';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('describeFault', () => {
  it.each([
    ['{"a": 1,}', 'unexpected "}" at line 1, column 9'],
    ['{\n  "model": "gpt-4.1",\n  "n": 01\n}', 'unexpected "1" at line 3, column 9'],
    ['{\r\n"a": \'b\'}', 'unexpected "\'" at line 2, column 6'],
    ['{"a" 1}', 'unexpected "1" at line 1, column 6'],
    ['{a: 1}', 'unexpected "a" at line 1, column 2'],
    ['[1 2]', 'unexpected "2" at line 1, column 4'],
    ['[1,]', 'unexpected "]" at line 1, column 4'],
    ['[}', 'unexpected "}" at line 1, column 2'],
    ['{"a": NaN}', 'unexpected "N" at line 1, column 7'],
    ['{"a": trve}', 'unexpected "v" at line 1, column 9'],
    ['{"a": -}', 'unexpected "}" at line 1, column 8'],
    ['{"a": 1.}', 'unexpected "}" at line 1, column 9'],
    ['{"a": 1e+}', 'unexpected "}" at line 1, column 10'],
    ['{} {}', 'unexpected "{" at line 1, column 4'],
    ['"a\nb"', 'unexpected line break in a text at line 1, column 3'],
    ['"a\tb"', 'unexpected control character in a text at line 1, column 3'],
    ['"\\x"', 'unexpected "x" at line 1, column 3'],
    ['"\\u12g4"', 'unexpected "g" at line 1, column 6'],
    ['{"a": "한국어', 'it ends too early at line 1, column 11'],
    ['{"a": [1, {', 'it ends too early at line 1, column 12'],
    ['  ', 'it ends too early at line 1, column 3'],
    ['{"a":\u00a01}', 'unexpected "\u00a0" at line 1, column 6'],
    ['{"a": “b”}', 'unexpected "“" at line 1, column 7'],
    ['{"a": 😀}', 'unexpected "😀" at line 1, column 7'],
    ['\ufeff{a', 'unexpected "a" at line 1, column 2'],
  ])('N18: finds the fault of %j', (text, fault) => expect(describeFault(text)).toBe(fault));

  it('N18: finds a fault exactly where there is one', () => {
    const spoiled = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '{', ']', ',', ':', '0', '-', '.', 'e', '\\', '\n', 'x', 't'),
      )
      .map(
        ([json, at, piece]) => json.slice(0, at % (json.length + 1)) + piece + json.slice((at % (json.length + 1)) + 1),
      );
    fc.assert(
      fc.property(spoiled, (text) => expect(describeFault(text) === undefined).toBe(isJson(text))),
      { numRuns: 3000 },
    );
  });

  it('N18: reads text that is nested a million times', () => {
    expect(describeFault('['.repeat(1_000_000))).toBe('it ends too early at line 1, column 1000001');
  });
});
