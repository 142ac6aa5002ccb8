import type { UsageReport, UsageRow } from '@thriftgate/contracts';
import { type Amount, type Bucket, chartBuckets, MOST_SERIES, type Series } from '../charts';
import { bucketKeys } from './bucket-keys';
import { highest, MEASURE } from './measure';
import { groupsOf, type UsageSpan } from './usage-queries';
import { groupKey, othersOf, seriesOf, totalsOf } from './usage-series';
import type { GroupName, MeasureName, UsageState } from './usage-search';

/** What the chart draws, with what it was asked for. */
export interface UsageChartData {
  state: UsageState;
  span: UsageSpan;
  buckets: Bucket[];
  series: Series[];
  others: Amount[] | undefined;
  /** The totals of the period before, by place. */
  before: (string | null)[] | undefined;
  /** Of the whole period; null where no call has the measure. */
  total: string | null;
}

interface ChartSource {
  state: UsageState;
  span: UsageSpan;
  language: string;
  table: UsageReport;
  totals: UsageReport;
  /** The drawn rows by bucket; none where nothing is drawn. */
  byTime: readonly UsageRow[];
  nameOf: (row: UsageRow, groups: readonly GroupName[]) => string;
}

/** The rows of the table that the chart draws, the highest first. */
export const drawnRows = (rows: readonly UsageRow[], measure: MeasureName): UsageRow[] =>
  highest(rows, measure).slice(0, MOST_SERIES);

/** The chart of the reports: every amount in it is of the measure of the state. */
export function usageChartData({ state, span, language, table, totals, byTime, nameOf }: ChartSource): UsageChartData {
  const { measure, grain, isCompared } = state;
  const { from, to, timezone } = span;
  const { of, kind } = MEASURE[measure];
  const groups = groupsOf(state);
  const keys = bucketKeys(grain, from, to, timezone);
  const question = { grain, measure, buckets: keys };
  const drawn = drawnRows(table.data, measure).map((row) => ({
    key: groupKey(row, groups),
    name: nameOf(row, groups),
  }));
  const series = seriesOf({ ...question, rows: byTime, groups, drawn });
  const isSum = kind !== 'latency' && !groups.includes('tag');
  return {
    state,
    span,
    buckets: chartBuckets(keys, timezone, language, new Date()),
    series,
    others: isSum ? othersOf(totalsOf(totals.data, question), series) : undefined,
    before: isCompared ? totalsOf(totals.data, { ...question, ofPrevious: true }) : undefined,
    total: of(table.total),
  };
}
