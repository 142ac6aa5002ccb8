/** A column of a table. Text may be from callers; numbers, also as decimal strings, are from the gateway. */
export interface CsvColumn {
  name: string;
  kind: 'text' | 'number';
}

/** The cells of a row by the names of its columns. */
export type CsvRow = Readonly<Record<string, unknown>>;

const BYTE_ORDER_MARK = '\ufeff';
const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * A table in the format of RFC 4180: a header, and CRLF after each row. Text that a spreadsheet would run as a formula
 * starts with an apostrophe. The byte order mark tells Excel that it is UTF-8.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function toCsv(columns: readonly CsvColumn[], rows: readonly CsvRow[]): string {
  return csvHeader(columns) + csvRows(columns, rows);
}

/** The beginning of a table that is written in pieces. */
export function csvHeader(columns: readonly CsvColumn[]): string {
  return `${BYTE_ORDER_MARK}${columns.map(({ name }) => name).join(',')}\r\n`;
}

/** Some rows of a table. */
export function csvRows(columns: readonly CsvColumn[], rows: readonly CsvRow[]): string {
  return rows.map((row) => `${columns.map(({ name, kind }) => cell(row[name], kind)).join(',')}\r\n`).join('');
}

function cell(value: unknown, kind: CsvColumn['kind']): string {
  if (value === null || value === undefined) return '';
  const text = kind === 'text' && FORMULA_START.test(String(value)) ? `'${String(value)}` : String(value);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
