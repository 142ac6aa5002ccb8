import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';

/** Which teams get each other's stored responses. The gateway refuses it to people of one team. */
export const sharesQuery = queryOptions({
  queryKey: ['cache-shares'],
  queryFn: ({ signal }) => api.admin.cache.shares.list({ signal }),
});
