import { type BodyRules, BodyScanner } from './body-scanner';

const RULES: BodyRules = {
  maxValues: 100,
  maxParsedBytes: Infinity,
  leavesOutTexts: false,
  leavesOutLists: false,
  skipsNumbers: true,
};
const repeat = (count: number, text: string) => Array.from({ length: count }, () => text).join();
const FLOATS = JSON.stringify(Array.from({ length: 1_536 }, (_, index) => Math.sin(index) / 30));

/** Whether a body passes whose bytes come in pieces of this length. */
function passes(json: string, pieceLength = Infinity): boolean {
  const scanner = new BodyScanner(RULES);
  const bytes = Buffer.from(json);
  try {
    for (let at = 0; at < bytes.length; at += pieceLength) scanner.push(bytes.subarray(at, at + pieceLength));
    return true;
  } catch {
    return false;
  }
}

/** The shortest time of several. */
function bestMs(work: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe('lists of numbers in a body', () => {
  it.each([
    ['numbers', `{"data":[${FLOATS}]}`, true],
    ['numbers, written with spaces', `[\n${' '.repeat(200)}${FLOATS.slice(1, -1).replaceAll(',', `,\n  `)}\n]`, true],
    ['many such lists', `[${repeat(101, FLOATS)}]`, false],
    ['lists of a few numbers', `[${repeat(40, '[1, 2]')}]`, true],
    ['numbers, then objects', `[1,${repeat(120, '{}')}]`, false],
    ['many numbers, then an object', `[${repeat(300, '0')},{}]`, false],
    ['numbers, then texts', `[1,${repeat(120, '"]"')}]`, false],
    ['numbers, then other values', `[1,${repeat(120, 'true')}]`, false],
    ['numbers in an object', `{${repeat(120, '"a":1')}}`, false],
    ['brackets in a text', `["${'[1,'.repeat(500)}"]`, true],
  ])('count as one value each: %s', (_, json, isShort) => {
    for (const length of [Infinity, 1, 7, 64, 100]) expect(passes(json, length)).toBe(isShort);
  });

  it('A22: are scanned in less time than they are parsed', () => {
    const json = `[${repeat(100, FLOATS)}]`;
    const bytes = Buffer.from(json);
    const scan = () => new BodyScanner({ ...RULES, maxValues: 1_000 }).push(bytes);
    expect(bestMs(scan)).toBeLessThan(bestMs(() => void JSON.parse(json)));
  });
});
