import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import { addDays, type PlainDate, startOfDate } from '../format';

interface SavingsQuestion {
  /** Both days are in it. */
  from: PlainDate;
  to: PlainDate;
  timezone: string;
  teamId: string | undefined;
}

/** Savings by team, and the opportunities. The report takes instants: its own days are those of UTC. */
export const savingsQuery = ({ from, to, timezone, teamId }: SavingsQuestion) =>
  queryOptions({
    queryKey: ['savings', from, to, timezone, teamId ?? null],
    queryFn: ({ signal }) =>
      api.admin.savings.report(
        {
          from: startOfDate(from, timezone),
          to: startOfDate(addDays(to, 1), timezone),
          team_id: teamId,
          group_by: ['team'],
        },
        { signal },
      ),
    placeholderData: keepPreviousData,
  });

/** A month with and without the gateway. */
export const roiQuery = (month: string, timezone: string, teamId: string | undefined) =>
  queryOptions({
    queryKey: ['roi', month, timezone, teamId ?? null],
    queryFn: ({ signal }) => api.admin.savings.roi({ month, timezone, team_id: teamId }, { signal }),
    placeholderData: keepPreviousData,
  });
