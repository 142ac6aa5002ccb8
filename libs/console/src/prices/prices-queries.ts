import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';

/** The prices that were set, the latest first. */
export const pricesQuery = (model: string | undefined) =>
  queryOptions({
    queryKey: ['prices', model ?? null],
    queryFn: ({ signal }) => api.admin.prices.list({ model }, { signal }),
  });
