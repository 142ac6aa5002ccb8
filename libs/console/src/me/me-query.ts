import { queryOptions } from '@tanstack/react-query';
import type { Preferences } from '@thriftgate/contracts';
import { api } from '../api/client';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.admin.me.get({ signal }),
  staleTime: 60_000,
});

export const putPreferences = (preferences: Preferences): Promise<Preferences> => api.admin.me.choose(preferences);
