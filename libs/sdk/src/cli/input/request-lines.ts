import { parseExact } from '@thriftgate/providers';
import { UsageError } from '../terminal/exit-codes';
import type { Messages } from '../text/messages-en';
import { BadLine } from './bad-line';
import { csvRows } from './csv-rows';
import { numberedLines } from './numbered-lines';
import { type LineDefaults, promptLine, type RequestLine, requestLine } from './request-line';
import { columnAt, compileTemplate } from './template';

/** Of JSON with the line, of which the gateway takes 64 MB; UTF-16 units. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;

/** How a CSV row becomes a request. */
export interface CsvOptions {
  template?: string;
  idColumn?: string;
}

/** A line that can be sent, or what is wrong with it. */
export type ReadLine = { line: number } & ({ request: RequestLine } | { message: string });

const DEFAULT_COLUMN = 'prompt';

/** The `custom_id` of a line without one. */
export function madeId(number: number): string {
  return `line-${String(number).padStart(6, '0')}`;
}

/** The lines of JSONL. Numbers keep all their digits. */
export async function* jsonlRequests(
  text: AsyncIterable<string>,
  defaults: LineDefaults,
  messages: Messages['input'],
): AsyncGenerator<ReadLine, void, undefined> {
  for await (const { line, text: json } of numberedLines(text)) {
    yield read(line, () => requestLine(parsed(json, messages), madeId(line), defaults, messages));
  }
}

/**
 * The rows of a CSV, as lines.
 *
 * @throws UsageError for columns that are not there; BadLine where it cannot be read on
 */
export async function* csvRequests(
  text: AsyncIterable<string>,
  options: CsvOptions,
  defaults: LineDefaults,
  all: Messages,
): AsyncGenerator<ReadLine, void, undefined> {
  const messages = all.input;
  let toRequest: ((fields: readonly string[], row: number) => RequestLine) | undefined;
  let width = 0;
  for await (const { line, row, fields } of csvRows(text, messages)) {
    if (!toRequest) {
      const twice = fields.find((name, at) => fields.indexOf(name) < at);
      if (twice !== undefined) throw new BadLine(line, messages.sameColumn(twice));
      width = fields.length;
      toRequest = rowReader(fields, options, defaults, all);
      continue;
    }
    const make = toRequest;
    yield read(line, () => {
      if (fields.length !== width) throw new Error(messages.columns(fields.length, width));
      return make(fields, row);
    });
  }
}

function rowReader(
  columns: readonly string[],
  { template, idColumn }: CsvOptions,
  { system, ...defaults }: LineDefaults,
  { usage, input }: Messages,
): (fields: readonly string[], row: number) => RequestLine {
  if (template === undefined && !columns.includes(DEFAULT_COLUMN)) throw new UsageError(usage.noTemplate);
  const prompt = compileTemplate(template ?? `{{${DEFAULT_COLUMN}}}`, columns, usage);
  const instructions = system === undefined ? undefined : compileTemplate(system, columns, usage);
  const idAt = idColumn === undefined ? undefined : columnAt(idColumn, columns, usage);
  return (fields, row) => {
    const id = idAt === undefined ? madeId(row) : (fields[idAt] ?? '');
    const given = { ...defaults, ...(instructions && { system: instructions(fields) }) };
    return promptLine(id, prompt(fields), given, input);
  };
}

function read(line: number, request: () => RequestLine): ReadLine {
  try {
    return { line, request: request() };
  } catch (error) {
    return { line, message: error instanceof Error ? error.message : String(error) };
  }
}

function parsed(json: string, messages: Messages['input']): unknown {
  if (json.length > MAX_LINE_LENGTH) throw new Error(messages.lineTooLong(MAX_LINE_LENGTH / 1024 / 1024));
  try {
    return parseExact(json);
  } catch {
    throw new Error(messages.notJson);
  }
}
