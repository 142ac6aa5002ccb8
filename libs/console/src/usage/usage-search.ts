import { WORDS } from '../requests/query-terms';
import type { RawSearch } from '../routes/search';

export const MEASURES = [
  'cost',
  'saved',
  'list',
  'requests',
  'input',
  'cached',
  'output',
  'latency_p50',
  'latency_p95',
  'errors',
] as const;
export type MeasureName = (typeof MEASURES)[number];

export const GROUPS = ['team', 'key', 'model', 'provider', 'tag', 'cache_status'] as const;
export type GroupName = (typeof GROUPS)[number];

export const GRAINS = ['hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/** The parameters that filter, as the address has them. `teams` is a list beside the team of the page. */
export const FILTERS = [
  'teams',
  'key',
  'model',
  'provider',
  'tag',
  'cache_status',
  'status',
  'not_team',
  'not_key',
  'not_model',
  'not_provider',
  'not_tag',
  'not_cache_status',
] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Partial<Record<FilterName, readonly string[]>>;

/** What the page shows. */
export interface UsageState {
  measure: MeasureName;
  /** One or two. */
  groups: readonly [GroupName, GroupName?];
  grain: Grain;
  filters: Filters;
  /** Whether the period before is shown too. */
  isCompared: boolean;
}

const CACHE_STATUSES: readonly string[] = WORDS.cache;
/** The gateway refuses longer lists. */
const MOST_VALUES = 50;

/** Reads the state of the page; what makes no sense is left out. */
export function readUsage(raw: RawSearch): UsageState {
  const [first = 'model', second] = [...new Set(listOf(raw['by']).flatMap((name) => known(GROUPS, name) ?? []))];
  const filters = Object.fromEntries(
    FILTERS.map((name) => [
      name,
      listOf(raw[name])
        .filter((value) => isValue(name, value))
        .slice(0, MOST_VALUES),
    ]),
  );
  return {
    measure: known(MEASURES, raw['measure']) ?? 'cost',
    groups: second === undefined ? [first] : [first, second],
    grain: known(GRAINS, raw['grain']) ?? 'day',
    filters: Object.fromEntries(Object.entries(filters).filter(([, values]) => values.length > 0)),
    isCompared: raw['compare'] === 'previous',
  };
}

/** The filter that keeps a value of a group. */
export const filterOf = (group: GroupName): FilterName => (group === 'team' ? 'teams' : group);

/** The filter that leaves a value of a group out. */
export const exclusionOf = (group: GroupName): FilterName => `not_${group}`;

/** Whether a filter leaves values out. */
export const isExclusion = (name: FilterName): boolean => name.startsWith('not_');

/** The values of a filter with one more, or without one. */
export function toggled(values: readonly string[] | undefined, value: string): string[] | undefined {
  const rest = (values ?? []).filter((each) => each !== value);
  const changed = rest.length === (values ?? []).length ? [...rest, value] : rest;
  return changed.length === 0 ? undefined : changed;
}

const listOf = (value: string | string[] | undefined): string[] => [value ?? []].flat();

const known = <Name extends string>(names: readonly Name[], value: string | string[] | undefined): Name | undefined =>
  names.find((name) => name === value);

function isValue(name: FilterName, value: string): boolean {
  if (value === '' || value.length > 256 || value.includes(',')) return false;
  if (name === 'cache_status' || name === 'not_cache_status') return CACHE_STATUSES.includes(value);
  return name !== 'status' || /^[1-5](\d\d|xx)$/.test(value);
}
