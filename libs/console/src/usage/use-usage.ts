import { useQuery } from '@tanstack/react-query';
import type { UsageRow } from '@thriftgate/contracts';
import { useMemo } from 'react';
import { type Amount, type Bucket, chartBuckets, type Series } from '../charts';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { dateIn } from '../format';
import { usePageSearch } from '../routes/use-search';
import { bucketKeys } from './bucket-keys';
import { highest, MEASURE } from './measure';
import { groupsOf, seriesQuery, tableQuery, totalsQuery, type UsageSpan } from './usage-queries';
import { groupKey, othersOf, seriesOf, totalsOf } from './usage-series';
import { type GroupName, readUsage, type UsageState } from './usage-search';
import { useGroupName } from './use-group-name';

const MOST_SERIES = 6;

export interface UsageChartData {
  buckets: Bucket[];
  series: Series[];
  others: Amount[] | undefined;
  /** The totals of the period before, by place. */
  before: (string | null)[] | undefined;
}

/** All that the page shows: the state of its address, the reports for it, and what the chart draws. */
export function useUsage() {
  const [state, change] = usePageSearch(readUsage);
  const { timezone, teamId, language } = useDisplay();
  const { from, to: wanted } = usePeriod();
  const today = dateIn(timezone, new Date());
  // Days to come have no calls, and no place in the chart.
  const to = wanted > today && from <= today ? today : wanted;
  const span: UsageSpan = { from, to, timezone, teamId };
  const nameOf = useGroupName();

  const table = useQuery(tableQuery(span, state));
  const totals = useQuery(totalsQuery(span, state));
  const groups = groupsOf(state);
  const drawn = table.isPlaceholderData ? [] : highest(table.data?.data ?? [], state.measure).slice(0, MOST_SERIES);
  const byTime = useQuery({ ...seriesQuery(span, state, valuesOf(drawn, groups)), enabled: drawn.length > 0 });

  const isReady = table.data && totals.data && (byTime.data || drawn.length === 0);
  const chart = useMemo((): UsageChartData | undefined => {
    if (!isReady || !totals.data) return undefined;
    const { measure, grain, isCompared } = state;
    const keys = bucketKeys(grain, from, to, timezone);
    const question = { grain, measure, buckets: keys };
    const series = seriesOf({
      ...question,
      rows: byTime.data?.data ?? [],
      groups,
      drawn: drawn.map((row) => ({ key: groupKey(row, groups), name: nameOf(row, groups) })),
    });
    const isSum = MEASURE[measure].kind !== 'latency' && !groups.includes('tag');
    return {
      buckets: chartBuckets(keys, timezone, language, new Date()),
      series,
      others: isSum ? othersOf(totalsOf(totals.data.data, question), series) : undefined,
      before: isCompared ? totalsOf(totals.data.data, { ...question, ofPrevious: true }) : undefined,
    };
    // The state is of the address: it changes with the reports.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [isReady, table.data, totals.data, byTime.data, language]);

  const queries = [table, totals, byTime];
  return {
    state,
    change,
    span,
    table,
    chart,
    chartError: totals.error ?? byTime.error,
    isStale: queries.some(({ isPlaceholderData }) => isPlaceholderData),
    includesToday: from <= today && today <= to,
    retry: () => queries.forEach(({ isError, refetch }) => isError && void refetch()),
  };
}

/** The values of each group in some rows; rows without a value have no filter that keeps them. */
function valuesOf(rows: readonly UsageRow[], groups: UsageState['groups'] | GroupName[]) {
  return Object.fromEntries(
    groups.flatMap((group) => {
      if (group === undefined) return [];
      const values = [...new Set(rows.flatMap((row) => row[group] ?? []))];
      return values.length === 0 || rows.some((row) => (row[group] ?? null) === null) ? [] : [[group, values]];
    }),
  ) as Partial<Record<GroupName, string[]>>;
}
