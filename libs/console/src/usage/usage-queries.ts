import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { AdminUsageQuery } from '@thriftgate/sdk';
import { api } from '../api/client';
import type { PlainDate } from '../format';
import { filterOf, type Filters, type Grain, type GroupName, type UsageState } from './usage-search';

/** Rows beyond are summed in one of others; the CSV of the gateway has them all. */
const MOST_ROWS = 200;

/** Which calls the page is about. */
export interface UsageSpan {
  from: PlainDate;
  to: PlainDate;
  timezone: string;
  teamId: string | undefined;
}

/** What the gateway is asked for, without groups. */
export function usageFilter({ from, to, timezone, teamId }: UsageSpan, filters: Filters): AdminUsageQuery {
  const named = Object.entries(filters).map(([name, values]) => [parameterOf(name), values]);
  return { from, to, timezone, team_id: teamId, ...(Object.fromEntries(named) as AdminUsageQuery) };
}

/** A filter as the gateway names it. */
const parameterOf = (name: string) => (name === 'teams' ? 'team' : name.replace(/^not_/, 'exclude_'));

const report = (query: AdminUsageQuery) =>
  queryOptions({
    queryKey: ['usage', query],
    queryFn: ({ signal }) => api.admin.usage.get(query, { signal }),
    placeholderData: keepPreviousData,
  });

const compared = ({ isCompared }: UsageState) => (isCompared ? ({ compare: 'previous' } as const) : {});

/** The rows of the table, and the total. */
export const tableQuery = (span: UsageSpan, state: UsageState) =>
  report({
    ...usageFilter(span, state.filters),
    ...compared(state),
    group_by: groupsOf(state),
    limit: MOST_ROWS,
  });

/** The total of each bucket. */
export const totalsQuery = (span: UsageSpan, state: UsageState) =>
  report({ ...usageFilter(span, state.filters), ...compared(state), group_by: [state.grain] });

/** The amounts of some values of the groups in each bucket. */
export function seriesQuery(span: UsageSpan, state: UsageState, values: Partial<Record<GroupName, readonly string[]>>) {
  const only = Object.fromEntries(
    Object.entries(values).map(([group, list]) => [filterOf(group as GroupName), list]),
  ) as Filters;
  const groups: (Grain | GroupName)[] = [state.grain, ...groupsOf(state)];
  return report({ ...usageFilter(span, { ...state.filters, ...only }), group_by: groups });
}

/** The address of the whole report as CSV, which the gateway writes. */
export function fullCsvAddress(span: UsageSpan, state: UsageState): string {
  const query = { ...usageFilter(span, state.filters), ...compared(state), group_by: groupsOf(state), format: 'csv' };
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return `/admin/usage?${new URLSearchParams(pairs)}`;
}

export const groupsOf = ({ groups: [first, second] }: UsageState): GroupName[] =>
  second === undefined ? [first] : [first, second];
