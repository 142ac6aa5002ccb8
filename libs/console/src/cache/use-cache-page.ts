import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/client';
import { useTeams } from '../display/use-teams';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { daysOf } from '../format';
import { useMay, useMe } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { sharesQuery } from './shares-query';

interface CacheSearch {
  model: string | undefined;
  /** Whether the drawer of invalidation is open. */
  isInvalidating: boolean;
}

function readSearch({ model, invalidate }: RawSearch): CacheSearch {
  return { model: typeof model === 'string' && model !== '' ? model : undefined, isInvalidating: invalidate === 'yes' };
}

/** The statistics of the cache for the address: four calls at most, whatever is chosen. */
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
  const seesShares = useMe().team === null;
  const shares = useQuery({ ...sharesQuery, enabled: seesShares });
  const teams = useTeams();
  const seesRules = useMay('models:read') && search.model !== undefined;
  const rules = useQuery({
    queryKey: ['cache-rules', search.model],
    queryFn: ({ signal }) => api.admin.models.retrieve(search.model ?? '', { signal }),
    enabled: seesRules,
  });
  const days = useMemo(() => daysOf(from, to), [from, to]);
  return { search, change, stats, shares, seesShares, teams, rules, seesRules, days };
}
