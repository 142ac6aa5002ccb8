import * as fc from 'fast-check';
import { columnsIn, lineOf, missingColumns } from './csv-lines';
import { csvRows } from './csv-reader';
import { linesOf } from './text-lines';

async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
const rowsOf = (text: string, size = 1) => all(csvRows(pieces(text, size)));

describe('rows of a CSV file', () => {
  it('have quoted cells with commas, quotes and line ends, and the numbers of their lines', async () => {
    const text = '이름,text\r\n"a, ""b""","one\ntwo"\r\n\r\nc,d';
    for (const size of [1, 3, 100])
      expect(await rowsOf(text, size)).toEqual([
        { line: 1, cells: ['이름', 'text'] },
        { line: 2, cells: ['a, "b"', 'one\ntwo'] },
        { line: 5, cells: ['c', 'd'] },
      ]);
  });

  it('are read as they were written, in pieces of any size', async () => {
    const cell = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\r'));
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (written, size) => {
        const text = written
          .map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect((await rowsOf(text, size)).map(({ cells }) => cells)).toEqual(written);
      }),
    );
  });
});

describe('lines of a file', () => {
  it('end with \\n or \\r\\n, and the last one may have no end', async () => {
    for (const size of [1, 2, 50]) expect(await all(linesOf(pieces('a\r\nb\n\nc', size)))).toEqual(['a', 'b', '', 'c']);
  });
});

describe('a template of columns', () => {
  const template = { model: 'gpt-4.1', system: '', prompt: 'Translate: {{ text }} ({{lang}})', idColumn: 'id' };

  it('makes a line of each row', () => {
    expect(JSON.parse(lineOf(template, ['id', 'text', 'lang'], ['7', 'Hello {{lang}} $&', 'ko'], 1))).toEqual({
      custom_id: '7',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Translate: Hello {{lang}} $& (ko)' }] },
    });
    expect(JSON.parse(lineOf({ ...template, idColumn: '' }, [], [], 3)).custom_id).toBe('row-3');
  });

  it('names the columns that it needs', () => {
    expect(columnsIn(template)).toEqual(['text', 'lang']);
    expect(missingColumns(template, ['text'])).toEqual(['lang', 'id']);
  });
});
