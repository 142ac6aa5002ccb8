import type { BatchEndpoint } from './line-check';

/** How the rows of a CSV file become lines. */
export interface ColumnTemplate {
  model: string;
  /** With `{{column}}` for the cells of a row. */
  prompt: string;
  system: string;
  /** The column of ids; empty for the number of the row. */
  idColumn: string;
}

const HOLE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** The columns that a template names. */
export function columnsIn({ prompt, system }: Pick<ColumnTemplate, 'prompt' | 'system'>): string[] {
  return [...new Set([...`${prompt}\n${system}`.matchAll(HOLE)].map(([, name]) => name ?? ''))];
}

/** Columns that a template names and the file does not have. */
export function missingColumns(template: ColumnTemplate, header: readonly string[]): string[] {
  const needed = template.idColumn === '' ? columnsIn(template) : [...columnsIn(template), template.idColumn];
  return needed.filter((name) => !header.includes(name));
}

/** The line of a row, as JSON. @param number of the row, from 1 */
export function lineOf(
  template: ColumnTemplate,
  header: readonly string[],
  cells: readonly string[],
  number: number,
): string {
  const cell = (name: string) => cells[header.indexOf(name)] ?? '';
  const filled = (text: string) => text.replaceAll(HOLE, (_, name: string) => cell(name));
  const { model, prompt, system, idColumn } = template;
  const messages = [
    ...(system.trim() === '' ? [] : [{ role: 'system', content: filled(system) }]),
    { role: 'user', content: filled(prompt) },
  ];
  const url: BatchEndpoint = '/v1/chat/completions';
  const id = idColumn === '' ? `row-${number}` : cell(idColumn);
  return JSON.stringify({ custom_id: id, method: 'POST', url, body: { model, messages } });
}
