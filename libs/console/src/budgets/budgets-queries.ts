import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Budget } from '@thriftgate/contracts';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';
import { bucketKey, bucketKeys } from '../usage/bucket-keys';
import { addDays, dateIn, monthAfter, type PlainDate, weekday } from '../format';

/** What is loaded again after a budget has changed. */
export const BUDGET_KEYS = ['budgets', 'overview'] as const;

const POLL_SECONDS = 30;
const NAMED_DAYS = 31;
/** How many windows the editor looks back. */
export const PAST_WINDOWS = 3;

export const budgetsQuery = (teamId: string | undefined) =>
  queryOptions({
    queryKey: ['budgets', 'list', teamId ?? null],
    queryFn: ({ signal }) => api.admin.budgets.list({ team_id: teamId }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(POLL_SECONDS),
  });

export const budgetWindowsQuery = (id: string) =>
  queryOptions({
    queryKey: ['budgets', 'windows', id],
    queryFn: ({ signal }) => api.admin.budgets.windows(id, PAST_WINDOWS, { signal }),
  });

/** The names of keys that had calls lately, by one request: budgets have ids alone. */
export const keyNamesQuery = (teamId: string | undefined, timezone: string) =>
  queryOptions({
    queryKey: ['usage', 'key names', teamId ?? null],
    queryFn: async ({ signal }) => {
      const from = addDays(dateIn(timezone, new Date()), -NAMED_DAYS);
      const { data } = await api.admin.usage.get({ group_by: ['key'], team_id: teamId, from, timezone }, { signal });
      return new Map(data.flatMap(({ key, key_name: name }) => (key && name ? [[key, name] as const] : [])));
    },
    staleTime: 5 * 60_000,
  });

export type WindowKind = Budget['window'];

export interface PastQuestion {
  teamId: string | undefined;
  keyId: string | undefined;
  window: Exclude<WindowKind, 'total'>;
  timezone: string;
}

/** What was spent in the last windows and in the running one, the latest last, whatever budget there is. */
export const pastQuery = ({ teamId, keyId, window, timezone }: PastQuestion) =>
  queryOptions({
    queryKey: ['usage', 'windows', teamId ?? null, keyId ?? null, window, timezone],
    queryFn: async ({ signal }) => {
      const today = dateIn(timezone, new Date());
      const from = firstDay(window, today);
      const { data } = await api.admin.usage.get(
        {
          from,
          to: today,
          timezone,
          group_by: [window],
          ...(keyId === undefined ? { team_id: teamId } : { key: [keyId] }),
        },
        { signal },
      );
      const spent = new Map(data.map((row) => [bucketKey(window, row[window] ?? ''), row.cost_usd]));
      const names = bucketKeys(window, from, today, timezone).filter((name) => hasBegun(window, name));
      return names.slice(-PAST_WINDOWS - 1).map((name) => ({ name, spentUsd: spent.get(name) ?? '0' }));
    },
    placeholderData: keepPreviousData,
  });

const hasBegun = (window: WindowKind, name: string) => window !== 'hour' || Date.parse(name) <= Date.now();

function firstDay(window: PastQuestion['window'], today: PlainDate): PlainDate {
  if (window === 'hour') return addDays(today, -1);
  if (window === 'day') return addDays(today, -PAST_WINDOWS);
  if (window === 'week') return addDays(today, -((weekday(today) || 7) - 1) - 7 * PAST_WINDOWS);
  return `${monthAfter(today.slice(0, 7), -PAST_WINDOWS)}-01`;
}
