import * as fc from 'fast-check';
import { eventData, namedEvents, textLines } from './text-lines';

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

describe('namedEvents', () => {
  it('reads the name, the data and the id of each event, and leaves comments out', async () => {
    const stream =
      'retry: 2000\n: open\n\nevent: batch\nid: 7\ndata: {"a":\ndata:1}\n\ndata: plain\n\nevent: cut\ndata: o';
    expect(await collect(namedEvents(cut(stream, 5)))).toEqual([
      { event: 'batch', data: '{"a":\n1}', id: '7' },
      { event: 'message', data: 'plain', id: undefined },
    ]);
  });

  it('reads data with line separators of Unicode, which JSON has as they are', async () => {
    const data = JSON.stringify('one\u2028two\u2029three');
    expect(await collect(namedEvents(cut(`data: ${data}\n\n`, 3)))).toMatchObject([{ data }]);
  });

  it('has an event with an empty line of data, and none without data', async () => {
    expect(await collect(namedEvents(cut('event: a\nid: 1\n\ndata:\n\ndata:\ndata: b\n\n', 4)))).toMatchObject([
      { event: 'message', data: '', id: undefined },
      { event: 'message', data: '\nb' },
    ]);
  });
});

describe('eventData', () => {
  it('joins the data lines of an event and ignores other lines', async () => {
    const stream = ': a comment\n\ndata: {"a":\ndata: 1}\nid: 7\n\nevent: x\ndata:[DONE]\n\ndata: cut off';
    expect(await collect(eventData(cut(stream, 5)))).toEqual(['{"a":\n1}', '[DONE]']);
  });
});
