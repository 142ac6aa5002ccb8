import * as fc from 'fast-check';
import { toCsv } from './usage-csv';

const columns = [
  { name: 'model', kind: 'text' },
  { name: 'cost_usd', kind: 'number' },
] as const;

/** Reads RFC 4180: rows of cells. */
function readCsv(text: string): string[][] {
  expect(text[0]).toBe('\ufeff');
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const table = text.slice(1);
  for (let match = cell.exec(table); match; match = cell.exec(table)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push(row.splice(0));
  }
  expect(row).toEqual([]);
  return rows;
}

describe('toCsv', () => {
  it('N15: has a byte order mark, a header and a line for each row', () => {
    const rows = [{ model: 'gpt-4.1', cost_usd: '0.000218' }];
    expect(toCsv(columns, rows)).toBe('\ufeffmodel,cost_usd\r\ngpt-4.1,0.000218\r\n');
  });

  it('has an empty cell for a missing value', () => {
    expect(toCsv(columns, [{ model: null, cost_usd: 0 }])).toBe('\ufeffmodel,cost_usd\r\n,0\r\n');
  });

  it('quotes separators, quotes and line breaks', () => {
    expect(toCsv(columns, [{ model: 'a,"b"\nc', cost_usd: 1 }])).toBe('\ufeffmodel,cost_usd\r\n"a,""b""\nc",1\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'prevents a spreadsheet from running the text %j',
    (text) => {
      expect(readCsv(toCsv(columns, [{ model: text, cost_usd: 1 }]))[1]).toEqual([`'${text}`, '1']);
    },
  );

  it('does not change the sign of numbers', () => {
    expect(toCsv(columns, [{ model: 'a', cost_usd: '-0.5' }])).toContain('a,-0.5');
  });

  it('is read back unchanged for any text', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('"', ',', '\r', '\n', '='), fc.string({ maxLength: 3 })) });
    fc.assert(
      fc.property(fc.array(text), (models) => {
        const read = readCsv(
          toCsv(
            columns,
            models.map((model) => ({ model, cost_usd: 1 })),
          ),
        );
        const expected = models.map((model) => [/^[=+\-@\t\r]/.test(model) ? `'${model}` : model, '1']);
        expect(read).toEqual([['model', 'cost_usd'], ...expected]);
      }),
    );
  });
});
