import { queryOptions } from '@tanstack/react-query';
import { api } from './client';

/** The teams that the person sees. */
export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: ({ signal }) => api.admin.teams.list({}, { signal }),
  staleTime: 60_000,
});
