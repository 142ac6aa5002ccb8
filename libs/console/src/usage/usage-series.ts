import type { UsageRow } from '@thriftgate/contracts';
import type { Amount, Series } from '../charts';
import { addDecimal, compareDecimal, multiplyDecimal } from '../format';
import { bucketKey } from './bucket-keys';
import { MEASURE } from './measure';
import type { Grain, GroupName, MeasureName } from './usage-search';

/** What a row is grouped by, as one text. */
export const groupKey = (row: UsageRow, groups: readonly GroupName[]): string =>
  JSON.stringify(groups.map((group) => row[group] ?? null));

interface SeriesQuestion {
  /** Rows by period and group. */
  rows: readonly UsageRow[];
  /** The groups that are drawn, the highest first, with their names. */
  drawn: readonly { key: string; name: string }[];
  groups: readonly GroupName[];
  grain: Grain;
  measure: MeasureName;
  buckets: readonly string[];
}

/** The amounts of each drawn group in each bucket: zero without calls, and no latency where there is none. */
export function seriesOf({ rows, drawn, groups, grain, measure, buckets }: SeriesQuestion): Series[] {
  const { of, kind } = MEASURE[measure];
  const amounts = new Map<string, string | null>();
  for (const row of rows) amounts.set(`${groupKey(row, groups)} ${bucketKey(grain, row[grain] ?? '')}`, of(row));
  return drawn.map(({ key, name }) => ({
    name,
    values: buckets.map((bucket) => amounts.get(`${key} ${bucket}`) ?? (kind === 'latency' ? null : '0')),
  }));
}

/** The total of each bucket, of the period or of the one before it. */
export function totalsOf(
  rows: readonly UsageRow[],
  {
    grain,
    measure,
    buckets,
    ofPrevious = false,
  }: Pick<SeriesQuestion, 'grain' | 'measure' | 'buckets'> & { ofPrevious?: boolean },
): (string | null)[] {
  const { of, kind } = MEASURE[measure];
  const amounts = new Map(
    rows.flatMap((row) => {
      const sums = ofPrevious ? row.previous : row;
      return sums ? [[bucketKey(grain, row[grain] ?? ''), of(sums)] as const] : [];
    }),
  );
  return buckets.map((bucket) => amounts.get(bucket) ?? (kind === 'latency' ? null : '0'));
}

/** What the totals have beyond the drawn series; undefined where that is nothing anywhere. */
export function othersOf(totals: readonly (string | null)[], series: readonly Series[]): Amount[] | undefined {
  const rest = totals.map((total, bucket) =>
    series.reduce(
      (left, { values }) => addDecimal(left, multiplyDecimal(String(values[bucket] ?? '0'), '-1')),
      total ?? '0',
    ),
  );
  return rest.some((amount) => compareDecimal(amount, '0') > 0) ? rest : undefined;
}
