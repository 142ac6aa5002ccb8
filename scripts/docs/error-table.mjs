import { load } from './load-typescript.mjs';
import { cell, table } from './markdown.mjs';

/** The codes of `src/common/error-table.ts`, by status. */
export function errorTable() {
  const { ERROR_TABLE } = load('src/common/error-table.ts');
  const rows = Object.entries(ERROR_TABLE)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, type, retryAfterSeconds, message }]) => [
      `\`${code}\``,
      status,
      `\`${type}\``,
      retryAfterSeconds ?? '–',
      cell(message),
    ]);
  return table(['code', 'status', 'type', '`Retry-After`', 'message, unless a better one is known'], rows);
}
