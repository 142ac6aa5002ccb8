import type { Amount, Bucket } from './series';

/** What a chart says of each bucket: a column of its table, a line of its tip, a part of an announcement. */
export interface ChartColumn {
  name: string;
  /** One for each bucket; null is said as "none". Texts are said as they are, amounts are formatted. */
  values: readonly (Amount | null)[];
  /** The CSS colour in legend and tip; without one there is no swatch, as for sums. */
  colour?: string;
  /** How the swatch is drawn. */
  swatch?: Swatch;
  /** Whether it stands in the legend. */
  inLegend: boolean;
  /** Whether the values are words. */
  isText?: boolean;
}

export type Swatch = 'solid' | 'light' | 'hatched' | 'line' | 'dashed';

/** The text of a column at a bucket; undefined if the column has nothing there. */
export function cellText(column: ChartColumn, bucket: number, format: (amount: string) => string): string | undefined {
  const value = column.values[bucket] ?? null;
  if (value === null) return undefined;
  return column.isText ? String(value) : format(String(value));
}

/** A bucket in words: `2026. 11. 27. (금), 진행 중: 합계 $8.20, gpt-4.1 $7.10`. */
export function bucketInWords(
  bucket: Bucket,
  index: number,
  columns: readonly ChartColumn[],
  format: (amount: string) => string,
  inProgress: string,
): string {
  const parts = columns.flatMap((column) => {
    const text = cellText(column, index, format);
    return text === undefined ? [] : [`${column.name} ${text}`];
  });
  return `${bucket.label}${bucket.inProgress ? `, ${inProgress}` : ''}: ${parts.join(', ')}`;
}
