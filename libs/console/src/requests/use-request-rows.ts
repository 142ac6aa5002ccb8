import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { RequestPage, RequestRow, RequestSort } from '@thriftgate/contracts';
import type { RequestsQuery } from '@thriftgate/sdk';
import { useMemo } from 'react';
import { api } from '../api/client';

const ROWS_PER_PAGE = 100;

/** The rows of the filter, a page for each cursor. One request per page, however many rows are looked at. */
export function useRequestRows(query: RequestsQuery, sort: RequestSort) {
  const pages = useInfiniteQuery({
    queryKey: ['requests', query, sort],
    queryFn: ({ pageParam, signal }): Promise<RequestPage> =>
      api.admin.requests.list(
        { ...query, sort, limit: ROWS_PER_PAGE, ...(pageParam !== undefined && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo((): RequestRow[] => pages.data?.pages.flatMap(({ data }) => data) ?? [], [pages.data]);
  return { ...pages, rows };
}

/** What tells a row from all others. */
export const rowKey = ({ request_id: id, attempt }: RequestRow): string => `${id}/${attempt}`;
