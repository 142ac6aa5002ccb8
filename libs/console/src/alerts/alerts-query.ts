import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AlertKind, AlertPage } from '@thriftgate/contracts';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';

const PAGE = 50;
const EVERY_SECONDS = 30;

export interface AlertFilters {
  kind: AlertKind | undefined;
  teamId: string | undefined;
  /** Undefined for both. */
  acknowledged: boolean | undefined;
}

/** Alerts, newest first, page after page; the list follows what happens. */
export function useAlerts({ kind, teamId, acknowledged }: AlertFilters) {
  return useInfiniteQuery({
    queryKey: ['alerts', kind, teamId, acknowledged],
    queryFn: ({ pageParam, signal }) =>
      api.admin.alerts.list(
        {
          limit: PAGE,
          ...(kind && { kind }),
          ...(teamId && { team_id: teamId }),
          ...(acknowledged !== undefined && { acknowledged }),
          ...(pageParam && { cursor: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }: AlertPage) => next ?? undefined,
    refetchInterval: pollEvery(EVERY_SECONDS),
    placeholderData: keepPreviousData,
  });
}
