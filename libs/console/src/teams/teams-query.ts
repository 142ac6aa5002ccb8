import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Period } from '../format';

/** The sums of each team over days of a zone. */
export function useUsageOfTeams({ from, to }: Period, timezone: string) {
  return useQuery({
    queryKey: ['usage', 'teams', from, to, timezone],
    queryFn: ({ signal }) => api.admin.usage.get({ from, to, timezone, group_by: ['team'] }, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** The sums of each model of a team over days of a zone. */
export function useUsageOfTeam(teamId: string, { from, to }: Period, timezone: string) {
  return useQuery({
    queryKey: ['usage', 'team', teamId, from, to, timezone],
    queryFn: ({ signal }) =>
      api.admin.usage.get(
        { team_id: teamId, from, to, timezone, group_by: ['model'], compare: 'previous', limit: 8 },
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
}

/** The balance of a team, and what is left of each credit. */
export function useCreditsOfTeam(teamId: string) {
  return useQuery({
    queryKey: ['credits', teamId],
    queryFn: ({ signal }) => api.admin.credits.retrieve(teamId, { signal }),
  });
}

/** Budgets of all teams, or of one. */
export function useBudgets(teamId?: string) {
  return useQuery({
    queryKey: ['budgets', teamId],
    queryFn: ({ signal }) => api.admin.budgets.list(teamId === undefined ? {} : { team_id: teamId }, { signal }),
  });
}
