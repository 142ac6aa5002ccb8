import stringWidth from 'string-width';

const GAP = '  ';

/** A column's heading and side; numbers stand at the right. */
export interface Column {
  title: string;
  side?: 'left' | 'right';
}

/** Rows under their headings, as wide as their widest cell. Korean letters are two columns wide. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, at) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[at] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ side }, at) => padded(cells[at] ?? '', widths[at] ?? 0, side))
      .join(GAP)
      .trimEnd();
  return [columns.map(({ title }) => title), ...rows].map(line).join('\n');
}

/** Labels and values in two columns, indented. Pairs without a value are left out. */
export function pairs(values: readonly (readonly [string, string | undefined])[]): string {
  const shown = values.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const width = Math.max(...shown.map(([label]) => stringWidth(label)));
  return shown.map(([label, value]) => `${GAP}${padded(label, width)}${GAP}${value}`).join('\n');
}

function padded(text: string, width: number, side: Column['side'] = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return side === 'right' ? space + text : text + space;
}
