import type { RequestSort } from '@thriftgate/contracts';
import type { RequestsQuery } from '@thriftgate/sdk';
import { useMemo } from 'react';
import { useTeams } from '../display/use-teams';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { dateIn, dayEnd, dayStart } from '../format';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { filtersOf } from './query-filters';
import { type ParsedQuery, parseQuery } from './query-terms';

const SORTS: readonly RequestSort[] = ['-created_at', 'created_at', '-cost'];

interface RequestSearch {
  /** The filter as text. */
  q: string;
  sort: RequestSort;
  /** The id of the request that is open. */
  request: string | undefined;
}

function readSearch({ q, sort, request }: RawSearch): RequestSearch {
  return {
    q: typeof q === 'string' ? q : '',
    sort: SORTS.find((each) => each === sort) ?? '-created_at',
    request: typeof request === 'string' && request !== '' ? request : undefined,
  };
}

/** The address of the request log: its filter, order, period and open request, and the query that they are. */
export function useRequestFilters() {
  const [search, change] = usePageSearch(readSearch);
  const { timezone, teamId } = useDisplay();
  const { from, to } = usePeriod();
  const teams = useTeams();
  const parsed: ParsedQuery = useMemo(() => parseQuery(search.q), [search.q]);
  const query = useMemo((): RequestsQuery => {
    const period = { from: dayStart(from, timezone), to: dayEnd(to, timezone) };
    return { ...(teamId !== undefined && { team_id: teamId }), ...period, ...filtersOf(parsed.terms, teams) };
  }, [parsed, teams, teamId, from, to, timezone]);
  const today = dateIn(timezone, new Date());
  return { search, change, parsed, query, teams, includesToday: from <= today && today <= to };
}
