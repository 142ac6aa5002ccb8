import * as fc from 'fast-check';
import { eventData, textLines } from './text-lines';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('textLines', () => {
  it.each([1, 2, 3, 100])('reads all three line ends in chunks of %i bytes', async (size) => {
    expect(await collect(textLines(cut('één\r\nzwei\n\n삼\rfour', size)))).toEqual(['één', 'zwei', '', '삼', 'four']);
  });

  it('reads the same lines for every cut of the bytes', async () => {
    const lines = fc.array(fc.stringMatching(/^[^\r\n]*$/), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), async (expected, size) => {
        const text = expected.map((line) => `${line}\r\n`).join('');
        expect(await collect(textLines(cut(text, size)))).toEqual(expected);
      }),
    );
  });
});

describe('eventData', () => {
  it('joins the data lines of an event and ignores other lines', async () => {
    const stream = ': a comment\n\ndata: {"a":\ndata: 1}\nid: 7\n\nevent: x\ndata:[DONE]\n\ndata: cut off';
    expect(await collect(eventData(cut(stream, 5)))).toEqual(['{"a":\n1}', '[DONE]']);
  });
});
