import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AuditPage } from '@thriftgate/contracts';
import type { AuditQuery } from '@thriftgate/sdk';
import { api } from '../api/client';
import { addDays, offsetMinutes, type Period, utc } from '../format';

const PAGE = 100;

/** When a day of a zone begins, as RFC 3339 in UTC. */
export function dayStart(day: string, zone: string): string {
  const midnight = utc(day).getTime();
  // The offset may change on that day: that of the first guess is that of the day's beginning, or an hour off.
  const guess = midnight - offsetMinutes(zone, new Date(midnight)) * 60_000;
  return new Date(midnight - offsetMinutes(zone, new Date(guess)) * 60_000).toISOString();
}

/** The events of days of a zone, both of them included. */
export const spanOf = ({ from, to }: Period, zone: string) => ({
  from: dayStart(from, zone),
  to: dayStart(addDays(to, 1), zone),
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
