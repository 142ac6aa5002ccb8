/** Escapes plain text for a table cell. */
export const cell = (text) => String(text).replaceAll(/[\\*_<|]/g, String.raw`\$&`);

/** @param rows cells that are Markdown already */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
