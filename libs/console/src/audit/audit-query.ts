import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AuditPage } from '@thriftgate/contracts';
import type { AuditQuery } from '@thriftgate/sdk';
import { api } from '../api/client';
import { dayEnd, dayStart, type Period } from '../format';

const PAGE = 100;

/** The events of days of a zone, both of them included. */
export const spanOf = ({ from, to }: Period, zone: string) => ({
  from: dayStart(from, zone),
  to: dayEnd(to, zone),
});

/** Events, newest first, page after page. */
export function useAuditEvents(query: AuditQuery) {
  return useInfiniteQuery({
    queryKey: ['audit', query],
    queryFn: ({ pageParam, signal }) =>
      api.admin.audit.list({ ...query, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }: AuditPage) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
