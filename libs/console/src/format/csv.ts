import { decimalText, parseDecimal } from './decimal';
import { isoIn, zoneName, type PlainDate } from './zones';

/** A column of a CSV file. */
export interface CsvColumn<Row> {
  header: string;
  /**
   * - `text`: may be from callers, so it is guarded against formulas.
   * - `decimal`: a number or a decimal string, written without grouping, symbol or exponent.
   * - `time`: an instant, written with the offset of the file's zone.
   */
  kind: 'text' | 'decimal' | 'time';
  /** The value of a row; null is an empty cell. */
  value: (row: Row) => string | number | bigint | Date | null | undefined;
}

const BYTE_ORDER_MARK = '\ufeff';
const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * A CSV file as RFC 4180 has it, with the byte order mark by which Excel knows UTF-8. Text that a spreadsheet would run
 * as a formula starts with an apostrophe, also in the header.
 *
 * @param zone the IANA zone of times
 * @throws RangeError if a decimal is no number or a time is not valid
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[], zone: string): string {
  const header = columns.map((column) => quoted(guarded(column.header)));
  const lines = rows.map((row) => columns.map(({ kind, value }) => cell(value(row), kind, zone)));
  return BYTE_ORDER_MARK + [header, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** What a file's name says about it. */
export interface CsvFileFacts {
  /** What the file lists: `usage` */
  subject: string;
  /** The team's name; null if the file is of all teams. */
  team: string | null;
  from: PlainDate;
  to: PlainDate;
  /** IANA name of the zone of the dates */
  zone: string;
}

/** A file name with team, period and zone: `thriftgate-usage-검색팀-2026-11-01_2026-11-27-KST.csv`. */
export function csvFileName({ subject, team, from, to, zone }: CsvFileFacts): string {
  const name = zoneName(zone, 'en', new Date(`${to}T12:00:00Z`));
  const parts = ['thriftgate', subject, team ?? 'all-teams', `${from}_${to}`, name];
  return `${parts.map(fileNamePart).join('-')}.csv`;
}

function cell(value: ReturnType<CsvColumn<unknown>['value']>, kind: CsvColumn<unknown>['kind'], zone: string): string {
  if (value === null || value === undefined) return '';
  if (kind === 'decimal') return decimalText(parseDecimal(String(value)));
  if (kind === 'time') return isoIn(zone, value instanceof Date ? value : new Date(String(value)));
  return quoted(guarded(value instanceof Date ? value.toISOString() : String(value)));
}

const guarded = (text: string) => (FORMULA_START.test(text) ? `'${text}` : text);

const quoted = (text: string) => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Letters of all scripts stay; a run of what a file system may not take becomes an underscore. */
const fileNamePart = (text: string) =>
  text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}\p{M}_+-]+/gu, '_')
    .slice(0, 80);
