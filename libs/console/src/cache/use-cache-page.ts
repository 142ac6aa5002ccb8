import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/client';
import { teamsQuery } from '../api/teams-query';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { addDays } from '../format';
import { useMay } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';

interface CacheSearch {
  model: string | undefined;
  /** Whether the drawer of invalidation is open. */
  isInvalidating: boolean;
}

function readSearch({ model, invalidate }: RawSearch): CacheSearch {
  return { model: typeof model === 'string' && model !== '' ? model : undefined, isInvalidating: invalidate === 'yes' };
}

/** The statistics of the cache for the address: three calls at most, whatever is chosen. */
export function useCachePage() {
  const [search, change] = usePageSearch(readSearch);
  const { teamId } = useDisplay();
  const { from, to } = usePeriod();
  const team = teamId === undefined ? {} : { team_id: teamId };
  const model = search.model === undefined ? {} : { model: search.model };
  const query = { from, to, ...team, ...model, group_by: ['model', 'generation', 'day'] as const };
  const stats = useQuery({
    queryKey: ['cache-stats', query],
    queryFn: ({ signal }) => api.admin.cache.stats(query, { signal }),
    placeholderData: keepPreviousData,
  });
  const shares = useQuery({
    queryKey: ['cache-shares'],
    queryFn: ({ signal }) => api.admin.cache.shares.list({ signal }),
  });
  const teams = useQuery({ ...teamsQuery, enabled: useMay('teams:read') });
  const mayRules = useMay('models:read');
  const rules = useQuery({
    queryKey: ['cache-rules', search.model],
    queryFn: ({ signal }) => api.admin.models.retrieve(search.model ?? '', { signal }),
    enabled: mayRules && search.model !== undefined,
  });
  const days = useMemo(() => {
    const all: string[] = [];
    for (let day = from; day <= to; day = addDays(day, 1)) all.push(day);
    return all;
  }, [from, to]);
  return { search, change, stats, shares, teams: teams.data?.data ?? [], rules, days };
}
