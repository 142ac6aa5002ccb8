import * as fc from 'fast-check';
import { TurnCounter } from '../../common/testing/turn-counter';
import { type RawLine, rawLines } from './raw-lines';

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size);
}

async function linesOf(content: Buffer | string, size = 1_000): Promise<RawLine[]> {
  const lines: RawLine[] = [];
  for await (const line of rawLines(inPieces(Buffer.from(content), size))) lines.push(line);
  return lines;
}

describe('rawLines', () => {
  it('counts blank lines and leaves them out', async () => {
    expect(await linesOf('a\n\n \r\nb')).toEqual([
      { line: 1, text: 'a' },
      { line: 4, text: 'b' },
    ]);
    expect(await linesOf('')).toEqual([]);
    expect(await linesOf('\n\n')).toEqual([]);
  });

  it('leaves a byte order mark out, of small and of large lines', async () => {
    const lines = rawLines(inPieces(Buffer.from(`\ufeffab\n\ufeff${'c'.repeat(20)}`), 4), 10);
    expect(await lines.next()).toMatchObject({ value: { text: 'ab' } });
    expect(await lines.next()).toMatchObject({ value: { bytes: Buffer.from('c'.repeat(20)) } });
  });

  it('gives the same lines wherever the content is cut, also within characters', async () => {
    const text = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (content, size) => {
        const expected = content
          .split('\n')
          .map((line, index) => ({ line: index + 1, text: line }))
          .filter((line) => line.text.trim() !== '');
        expect(await linesOf(content, size)).toEqual(expected);
      }),
    );
  });

  it('A5: gives other calls their turns within one piece of content', async () => {
    const counter = new TurnCounter();
    const lines = await linesOf(`${'x'.repeat(99)}\n`.repeat(10_000), 1_000_000);
    counter.stop();
    expect(lines).toHaveLength(10_000);
    expect(counter.turns).toBeGreaterThan(20);
  });

  it('A5: gives other calls their turns among blank lines', async () => {
    const counter = new TurnCounter();
    expect(await linesOf('\n'.repeat(100_000), 1_000_000)).toEqual([]);
    counter.stop();
    expect(counter.turns).toBeGreaterThan(20);
  });

  it('reports a line that is not UTF-8 and continues', async () => {
    const content = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xff, 0xfe]), Buffer.from('\nb')]);
    expect(await linesOf(content)).toEqual([
      { line: 1, text: 'a' },
      { line: 2, text: undefined },
      { line: 3, text: 'b' },
    ]);
  });

  it('ignores a byte order mark', async () => {
    expect(await linesOf('\ufeff{}\n')).toEqual([{ line: 1, text: '{}' }]);
  });
});
