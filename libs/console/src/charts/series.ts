import { axisLabel, bucketLabel, isInProgress, sumDecimals } from '../format';
import { OTHERS_COLOUR } from './series-colour';

/** A decimal string of the API, or a count. Only pixels are computed of it as a float. */
export type Amount = string | number;

/** A place on the time axis. */
export interface Bucket {
  /** As reports name it: `2026-11-27`, `2026-11-23T09:00:00Z`, `2026-W48`, `2026-11`. */
  key: string;
  /** Short, under the axis: `11. 27.` */
  axis: string;
  /** In full, for announcements and the table: `2026. 11. 27. (금)` */
  label: string;
  /** Whether it has not ended, so that its amounts still grow. */
  inProgress: boolean;
}

/** One line or one part of each column. */
export interface Series {
  name: string;
  /** One for each bucket; null where there is none. */
  values: readonly (Amount | null)[];
  /** A CSS colour instead of the one by name, for a series that is alone or has a meaning of its own. */
  colour?: string;
}

/** At most so many series have a colour; the rest are summed as "others". */
export const MOST_SERIES = 6;

/** The buckets of a chart from the keys of a report, with labels in a zone. @throws RangeError if a key is no bucket */
export function chartBuckets(keys: readonly string[], zone: string, locale: string, now: Date): Bucket[] {
  return keys.map((key) => ({
    key,
    axis: axisLabel(key, zone, locale),
    label: bucketLabel(key, zone, locale),
    inProgress: isInProgress(key, zone, now),
  }));
}

/** The first six series, and a last one with the exact sums of all others and of `others` if there are any. */
export function foldSeries(
  series: readonly Series[],
  othersName: string,
  others?: readonly (Amount | null)[],
): Series[] {
  const rest = series.slice(MOST_SERIES).map(({ values }) => values);
  if (others) rest.push(others);
  if (rest.length === 0) return [...series];
  return [...series.slice(0, MOST_SERIES), { name: othersName, values: sumsByBucket(rest), colour: OTHERS_COLOUR }];
}

/** The exact sum of each bucket; null where no series has an amount. */
export function sumsByBucket(lists: readonly (readonly (Amount | null)[])[]): (string | null)[] {
  const length = Math.max(0, ...lists.map((values) => values.length));
  return Array.from({ length }, (_, index) => {
    const amounts = lists.map((values) => values[index] ?? null).filter((amount) => amount !== null);
    return amounts.length === 0 ? null : sumDecimals(amounts.map(String));
  });
}

/** Amounts as floats for pixels. Null is zero, and so is a negative amount: a column has no part below its axis. */
export const pixelValues = (values: readonly (Amount | null)[]): number[] =>
  values.map((amount) => Math.max(0, Number(amount ?? 0)));
