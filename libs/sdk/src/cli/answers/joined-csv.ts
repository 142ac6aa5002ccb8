import { stringify } from 'csv-stringify/sync';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { csvRows } from '../input/csv-rows';
import { madeId } from '../input/request-lines';
import { columnAt } from '../input/template';
import { utf8Text } from '../input/utf8-text';
import { UsageError } from '../terminal/exit-codes';
import type { Messages } from '../text/messages-en';
import type { AnswerIndex } from './answer-index';
import { answerOf } from './answer-text';

const BYTE_ORDER_MARK = '\ufeff';
/** A spreadsheet runs such a text as a formula. @see https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA_START = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** Whose rows get the answers, and where. */
export interface JoinOptions {
  /** The CSV file that the batch was made of. */
  file: string;
  idColumn?: string;
  /** The name of the column for answers. */
  column: string;
}

/** How many rows were written, and how many of them have no line in the batch. */
export interface JoinCounts {
  rows: number;
  withoutLine: number;
}

/**
 * The CSV with two more columns: answers and errors. An answer that a spreadsheet would run begins with an apostrophe.
 *
 * @param counts is counted up while the text is read
 * @throws UsageError for columns that are not there, or are taken
 */
export async function* joinedCsv(
  { file, idColumn, column }: JoinOptions,
  answers: Pick<AnswerIndex, 'get'>,
  counts: JoinCounts,
  messages: Messages,
): AsyncGenerator<string, void, undefined> {
  if (await beginsWithMark(file)) yield BYTE_ORDER_MARK;
  const added = [column, `${column}_error`];
  let idAt: number | undefined;
  const text = utf8Text(createReadStream(file), basename(file), messages.input);
  for await (const { row, fields } of csvRows(text, messages.input)) {
    if (row === 0) {
      const taken = added.find((name) => fields.includes(name));
      if (taken !== undefined) throw new UsageError(messages.usage.columnTaken(taken));
      if (idColumn !== undefined) idAt = columnAt(idColumn, fields, messages.usage);
      yield stringify([[...fields, ...added]]);
      continue;
    }
    const result = await answers.get(idAt === undefined ? madeId(row) : (fields[idAt] ?? ''));
    counts.rows += 1;
    if (result === undefined) counts.withoutLine += 1;
    const { answer, error } = result === undefined ? { answer: '', error: '' } : answerOf(result);
    yield stringify([[...fields, harmless(answer), harmless(error)]]);
  }
}

function harmless(text: string): string {
  return FORMULA_START.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** Excel needs the mark to read UTF-8; who writes it wants it. */
async function beginsWithMark(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(3), 0, 3, 0);
    return bytesRead === 3 && buffer.toString() === BYTE_ORDER_MARK;
  } finally {
    await file.close();
  }
}
