import type { UsageRow } from '@thriftgate/contracts';
import type { Filters, GroupName, UsageState } from './usage-search';
import { filterOf } from './usage-search';
import { groupsOf } from './usage-queries';

/** The parameters of the request log, by the filter of this page. The log takes one team, key, model and tag. */
const PARAMETERS = {
  teams: 'team',
  key: 'key_id',
  model: 'model',
  provider: 'provider',
  tag: 'tag',
  cache_status: 'cache_status',
  status: 'status',
} as const satisfies Partial<Record<keyof Filters, string>>;

const ONE_VALUE: readonly string[] = ['team', 'key_id', 'model', 'tag'];

/** The parameters of the request log for the calls behind a row. */
export function requestsSearch(state: UsageState, row: UsageRow): Record<string, string> {
  const filters: Filters = {
    ...state.filters,
    ...Object.fromEntries(
      groupsOf(state).flatMap((group: GroupName) => {
        const value = row[group];
        return typeof value === 'string' ? [[filterOf(group), [value]]] : [];
      }),
    ),
  };
  return Object.fromEntries(
    (Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]).flatMap((name) => {
      const [parameter, values] = [PARAMETERS[name], filters[name] ?? []];
      if (values.length === 0 || (ONE_VALUE.includes(parameter) && values.length > 1)) return [];
      return [[parameter, values.join(',')]];
    }),
  );
}
