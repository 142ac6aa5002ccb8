import { UsageError } from '../terminal/exit-codes';
import type { Messages } from '../text/messages-en';

const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/**
 * A text with `{{column}}` in it, as a function of a row.
 *
 * @param columns the header's
 * @throws UsageError that names a column that is not there
 */
export function compileTemplate(
  template: string,
  columns: readonly string[],
  messages: Messages['usage'],
): (fields: readonly string[]) => string {
  // Texts at even places, columns at odd ones.
  const parts = template.split(PLACE);
  const places = parts.map((part, at) => (at % 2 === 0 ? undefined : columnAt(part, columns, messages)));
  return (fields) => parts.map((part, at) => fieldOf(fields, places[at]) ?? part).join('');
}

/** Where a column is. @throws UsageError that lists the columns */
export function columnAt(name: string, columns: readonly string[], messages: Messages['usage']): number {
  const at = columns.indexOf(name);
  if (at < 0) throw new UsageError(messages.noColumn(name, columns));
  return at;
}

function fieldOf(fields: readonly string[], place: number | undefined): string | undefined {
  return place === undefined ? undefined : (fields[place] ?? '');
}
