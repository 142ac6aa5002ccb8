import { queryOptions } from '@tanstack/react-query';
import { request } from '../api/request';
import type { Me, Preferences } from './me';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => request<Me>('GET', '/admin/me', { signal }),
  staleTime: 60_000,
});

export const putPreferences = (preferences: Preferences): Promise<Preferences> =>
  request<Preferences>('PUT', '/admin/me/preferences', { body: preferences });
