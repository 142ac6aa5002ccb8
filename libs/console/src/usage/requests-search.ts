import type { UsageRow } from '@thriftgate/contracts';
import { quoted } from '../requests/query-terms';
import { groupsOf } from './usage-queries';
import { filterOf, type Filters, type UsageState } from './usage-search';

/** The fields of the request log's filter, by the filter of this page, and whether they take several values. */
const FIELDS = [
  ['teams', 'team', false],
  ['key', 'key', false],
  ['model', 'model', false],
  ['provider', 'provider', true],
  ['tag', 'tag', false],
  ['cache_status', 'cache', true],
  ['status', 'status', true],
  ['not_cache_status', '-cache', true],
] as const satisfies readonly (readonly [keyof Filters, string, boolean])[];

/**
 * The parameters of the request log for the calls behind a row: `q` as people write it, `model:gpt-4.1 cache:MISS`. What
 * the log cannot filter by is left out.
 */
export function requestsSearch(state: UsageState, row: UsageRow): { q: string } {
  const ofRow = groupsOf(state).flatMap((group) => {
    const value = row[group];
    return typeof value === 'string' ? [[filterOf(group), [value]] as const] : [];
  });
  const filters: Filters = { ...state.filters, ...Object.fromEntries(ofRow) };
  const used = new Set<string>();
  const terms = FIELDS.flatMap(([name, field, isList]) => {
    const values = filters[name] ?? [];
    const bare = field.replace('-', '');
    if (values.length === 0 || (!isList && values.length > 1) || used.has(bare)) return [];
    used.add(bare);
    return [`${field}:${quoted(values.join(','))}`];
  });
  return { q: terms.join(' ') };
}
