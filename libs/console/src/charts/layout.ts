/** Where a chart draws: pixels of a bucket's column and of an amount's height. */
export interface Placement {
  /** The left edge of a bucket's column. */
  left: (bucket: number) => number;
  /** The width of a column. */
  width: number;
  /** The height of an amount above the axis is `top(0) - top(amount)`. */
  top: (amount: number) => number;
}

/** A gap between stacked parts is drawn only where columns are wide enough to see it. */
const WIDTH_WITH_GAP = 4;

/**
 * The paths of stacked columns, one for each stack, the first at the bottom.
 *
 * @param stacks amounts of each stack by bucket, none negative
 */
export function columnPaths(stacks: readonly (readonly number[])[], { left, width, top }: Placement): string[] {
  const below: number[] = [];
  return stacks.map((values) => {
    let path = '';
    values.forEach((value, bucket) => {
      const base = below[bucket] ?? 0;
      if (value <= 0) return;
      below[bucket] = base + value;
      const bottom = top(base) - (base > 0 && width >= WIDTH_WITH_GAP ? 1 : 0);
      const height = Math.max(0.5, bottom - top(base + value));
      path += `M${px(left(bucket))} ${px(bottom)}h${px(width)}v${px(-height)}h${px(-width)}z`;
    });
    return path;
  });
}

/** A straight line through the middles of the columns, with a gap where a bucket has no value; a lone value is a dash. */
export function linePath(values: readonly (number | null)[], { left, width, top }: Placement): string {
  let path = '';
  values.forEach((value, bucket) => {
    if (value === null) return;
    const before = values[bucket - 1] ?? null;
    const after = values[bucket + 1] ?? null;
    const x = left(bucket) + width / 2;
    if (before === null && after === null) {
      const half = Math.min(width, 24) / 2;
      path += `M${px(x - half)} ${px(top(value))}h${px(2 * half)}`;
    } else path += `${before === null ? 'M' : 'L'}${px(x)} ${px(top(value))}`;
  });
  return path;
}

/** The area between two lines, over the buckets where both have a value. */
export function bandPath(
  low: readonly (number | null)[],
  high: readonly (number | null)[],
  { left, width, top }: Placement,
): string {
  const known = low.flatMap((from, bucket) => {
    const to = high[bucket] ?? null;
    return from === null || to === null ? [] : [{ x: left(bucket) + width / 2, from, to }];
  });
  if (known.length < 2) return '';
  const upper = known.map(({ x, to }) => `${px(x)} ${px(top(to))}`);
  const lower = known.map(({ x, from }) => `${px(x)} ${px(top(from))}`).toReversed();
  return `M${[...upper, ...lower].join('L')}z`;
}

/** Steps between labels that a reader can count: hours of a day, days of weeks. */
const STEPS = [1, 2, 3, 4, 6, 7, 12, 14, 24, 48, 72, 96, 168, 336];

/**
 * The buckets that have a label under the axis, as many as there is space for.
 *
 * @param anchor a bucket that keeps its label, such as the first midnight of hours
 * @param most how many labels fit
 */
export function labelledBuckets(count: number, anchor: number, most: number): number[] {
  const least = Math.ceil(count / Math.max(1, most));
  const step = STEPS.find((size) => size >= least) ?? least;
  return [...Array(count).keys()].filter((bucket) => (bucket - anchor) % step === 0);
}

/** The rows in which labels stand, so that none covers another; undefined for one that has no space in any row. */
export function labelRows(spans: readonly { from: number; to: number }[], rows: number): (number | undefined)[] {
  const ends = Array.from({ length: rows }, () => -Infinity);
  return spans.map(({ from, to }) => {
    const row = ends.findIndex((end) => end < from);
    if (row === -1) return undefined;
    ends[row] = to;
    return row;
  });
}

/** About how wide a text of 12 px is, in pixels: Hangul and the percent sign are wider than Latin letters and digits. */
export function textWidth(text: string): number {
  return [...text].reduce((width, letter) => width + (letter > '\u2e7f' || letter === '%' ? 12 : 7), 0);
}

const px = (value: number) => Math.round(value * 100) / 100;
