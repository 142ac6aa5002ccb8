import { CsvError, parse } from 'csv-parse';
import { Readable } from 'node:stream';
import type { Messages } from '../text/messages-en';
import { BadLine } from './bad-line';

/** A row of a CSV file. */
export interface CsvRow {
  /** The line on which it ends; a quoted field may have several. */
  line: number;
  /** Counted from 1, without the header. */
  row: number;
  fields: string[];
}

const RECORD_ENDS = ['\r\n', '\n', '\r'];

/**
 * The rows of a CSV text (RFC 4180): the header first, as row 0. Blank lines are left out.
 *
 * @throws BadLine where a quote is wrong; what follows cannot be read
 */
export async function* csvRows(
  pieces: AsyncIterable<string>,
  messages: Messages['input'],
): AsyncGenerator<CsvRow, void, undefined> {
  const parser = parse({ info: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: RECORD_ENDS });
  const source = Readable.from(pieces);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let row = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines, row, fields: record };
      row += 1;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new BadLine(Number(error.lines ?? 0), messages.badQuote);
  } finally {
    source.destroy();
  }
}
