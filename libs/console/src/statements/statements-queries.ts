import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';

/** A month of all teams. */
export const organisationQuery = (month: string, timezone: string) =>
  queryOptions({
    queryKey: ['statements', month, timezone],
    queryFn: ({ signal }) => api.admin.statements.ofAllTeams(month, { timezone }, { signal }),
    placeholderData: keepPreviousData,
  });

/** A month of a team. */
export const statementQuery = (teamId: string, month: string, timezone: string) =>
  queryOptions({
    queryKey: ['statements', month, timezone, teamId],
    queryFn: ({ signal }) => api.admin.statements.retrieve(teamId, month, { timezone }, { signal }),
    placeholderData: keepPreviousData,
  });

/** Where the gateway writes a statement as CSV for Excel, or as a page; without a team, that of all teams. */
export function statementAddress(
  month: string,
  { teamId, ...query }: { teamId?: string | undefined; timezone: string; lang: string; format: 'csv' | 'html' },
): string {
  const path = teamId === undefined ? '/admin/statements' : `/admin/teams/${encodeURIComponent(teamId)}/statements`;
  return `${path}/${month}?${new URLSearchParams(query)}`;
}
