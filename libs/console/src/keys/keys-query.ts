import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Period } from '../format';

/** The keys of a team, revoked ones too: the page filters them. */
export const keysQuery = (teamId: string) =>
  queryOptions({
    queryKey: ['keys', teamId],
    queryFn: ({ signal }) => api.admin.keys.list(teamId, { include: 'revoked' }, { signal }),
  });

/** The sums of each key over days of a zone; `byDay` for each of the days, too. */
export function useUsageOfKeys(teamId: string, period: Period, timezone: string, byDay = false) {
  const { from, to } = period;
  return useQuery({
    queryKey: ['usage', 'keys', teamId, from, to, timezone, byDay],
    queryFn: ({ signal }) =>
      api.admin.usage.get(
        { team_id: teamId, from, to, timezone, group_by: byDay ? ['key', 'day'] : ['key'] },
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
}
