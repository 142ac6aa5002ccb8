import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';
import type { PlainDate } from '../format';

const POLL_SECONDS = 30;

export interface OverviewQuestion {
  /** Both days are in it. */
  from: PlainDate;
  to: PlainDate;
  timezone: string;
  teamId: string | undefined;
}

/** All of the overview, by one request. */
export const overviewQuery = ({ from, to, timezone, teamId }: OverviewQuestion) =>
  queryOptions({
    queryKey: ['overview', from, to, timezone, teamId ?? null],
    queryFn: ({ signal }) => api.admin.overview.get({ from, to, timezone, team_id: teamId }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(POLL_SECONDS),
  });
