import { useQuery } from '@tanstack/react-query';
import type { UsageRow } from '@thriftgate/contracts';
import { useMemo, useState } from 'react';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { dateIn } from '../format';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { drawnRows, usageChartData } from './usage-chart-data';
import { groupsOf, seriesQuery, tableQuery, totalsQuery, type UsageSpan } from './usage-queries';
import { type GroupName, readUsage } from './usage-search';
import { useGroupName } from './use-group-name';

const rawSearch = (raw: RawSearch): RawSearch => raw;
const NO_ROWS: readonly UsageRow[] = [];

/** All that the page shows: the state of its address, the reports for it, and what the chart draws. */
export function useUsage() {
  const [raw, change] = usePageSearch(rawSearch);
  const state = useMemo(() => readUsage(raw), [raw]);
  const { timezone, teamId, language } = useDisplay();
  const { from, to: wanted } = usePeriod();
  const today = dateIn(timezone, new Date());
  // Days to come have no calls, and no place in the chart.
  const to = wanted > today && from <= today ? today : wanted;
  const span = useMemo((): UsageSpan => ({ from, to, timezone, teamId }), [from, to, timezone, teamId]);
  const nameOf = useGroupName();

  const table = useQuery(tableQuery(span, state));
  const totals = useQuery(totalsQuery(span, state));
  const tableReport = fresh(table);
  const drawn = tableReport ? drawnRows(tableReport.data, state.measure) : NO_ROWS;
  const byTime = useQuery({ ...seriesQuery(span, state, valuesOf(drawn, groupsOf(state))), enabled: drawn.length > 0 });

  const totalsReport = fresh(totals);
  const rowsByTime = drawn.length > 0 ? fresh(byTime)?.data : NO_ROWS;
  const chart = useMemo(
    () =>
      tableReport && totalsReport && rowsByTime
        ? usageChartData({
            state,
            span,
            language,
            table: tableReport,
            totals: totalsReport,
            byTime: rowsByTime,
            nameOf,
          })
        : undefined,
    [state, span, language, tableReport, totalsReport, rowsByTime, nameOf],
  );
  const lastChart = useLast(chart);
  const chartError = totals.error ?? byTime.error;

  return {
    state,
    change,
    span,
    table,
    chart: chart ?? (chartError ? undefined : lastChart),
    chartError,
    isStale: chart === undefined,
    includesToday: from <= today && today <= to,
    retry: () => [table, totals, byTime].forEach(({ isError, refetch }) => isError && void refetch()),
  };
}

/** What a query has for its own key: nothing while it shows what an earlier one had. */
const fresh = <Data>({ data, isPlaceholderData }: { data: Data | undefined; isPlaceholderData: boolean }) =>
  isPlaceholderData ? undefined : data;

/** The value, or while there is none the last that there was. */
function useLast<Value>(value: Value | undefined): Value | undefined {
  const [last, setLast] = useState(value);
  if (value !== undefined && value !== last) setLast(value);
  return value ?? last;
}

/** The values of each group in some rows; rows without a value have no filter that keeps them. */
function valuesOf(rows: readonly UsageRow[], groups: readonly GroupName[]): Partial<Record<GroupName, string[]>> {
  return Object.fromEntries(
    groups.flatMap((group) => {
      const values = [...new Set(rows.flatMap((row) => row[group] ?? []))];
      return values.length === 0 || rows.some((row) => (row[group] ?? null) === null) ? [] : [[group, values]];
    }),
  );
}
