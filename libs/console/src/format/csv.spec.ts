import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvFileName, toCsv, type CsvColumn } from './csv';

interface Row {
  tag: string;
  cost: string;
  at: Date | null;
}
const columns: CsvColumn<Row>[] = [
  { header: '태그', kind: 'text', value: (row) => row.tag },
  { header: 'cost_usd', kind: 'decimal', value: (row) => row.cost },
  { header: 'time (KST)', kind: 'time', value: (row) => row.at },
];
const at = new Date('2026-11-27T14:04:10Z');
const bodyOf = (row: Row) => toCsv(columns, [row], 'Asia/Seoul').split('\r\n')[1];

describe('CSV', () => {
  it('begins with the byte order mark and ends each row with CRLF', () => {
    const text = toCsv(columns, [{ tag: '검색', cost: '8211.90', at }], 'Asia/Seoul');
    expect(text).toBe('\ufeff태그,cost_usd,time (KST)\r\n검색,8211.9,2026-11-27T23:04:10+09:00\r\n');
  });

  it.each(['=HYPERLINK("http://a")', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1'])('guards %p', (tag) => {
    const [cell] = parse(toCsv(columns, [{ tag, cost: '1', at }], 'UTC'), { bom: true })[1] ?? [];
    expect(cell).toBe(`'${tag}`);
  });

  it('does not guard a negative amount, and writes it without an exponent', () => {
    expect(bodyOf({ tag: 'a', cost: '-0.5', at: null })).toBe('a,-0.5,');
    expect(bodyOf({ tag: 'a', cost: '1e-7', at: null })).toBe('a,0.0000001,');
  });

  it('lets no text pass as an amount', () => {
    expect(() => bodyOf({ tag: 'a', cost: '=1+1', at: null })).toThrow(RangeError);
  });

  it('is read back by another program as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (tags) => {
        const rows = tags.map((tag) => ({ tag, cost: '1', at: null }));
        const read: string[][] = parse(toCsv(columns, rows, 'UTC'), { bom: true, record_delimiter: '\r\n' });
        const expected = tags.map((tag) => (/^[=+\-@\t\r]/.test(tag) ? `'${tag}` : tag));
        expect(read.slice(1).map(([tag]) => tag)).toEqual(expected);
      }),
    );
  });

  it('has a file name with team, period and zone', () => {
    const facts = { subject: 'usage', from: '2026-11-01', to: '2026-11-27', zone: 'Asia/Seoul' };
    expect(csvFileName({ ...facts, team: '검색팀' })).toBe('thriftgate-usage-검색팀-2026-11-01_2026-11-27-KST.csv');
    expect(csvFileName({ ...facts, team: null })).toBe('thriftgate-usage-all-teams-2026-11-01_2026-11-27-KST.csv');
    expect(csvFileName({ ...facts, team: '../../a/b' })).toBe('thriftgate-usage-_a_b-2026-11-01_2026-11-27-KST.csv');
  });
});
