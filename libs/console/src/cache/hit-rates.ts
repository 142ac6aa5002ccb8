import type { CacheStats, GroupCacheStats } from '@thriftgate/contracts';

/** Hit rates of one line, by day. */
export interface RateSeries {
  name: string;
  /** Decimal texts from 0 to 1; null on days without a hit or miss. */
  values: (string | null)[];
}

type Named = (group: GroupCacheStats) => string;

/** Most lines of the chart. */
const MOST_LINES = 6;

/**
 * Hit rates by day: of each model, or with `nameOf` of something else, those with the most calls first.
 *
 * @param days the days of the axis
 */
export function ratesByDay(groups: readonly GroupCacheStats[], days: readonly string[], nameOf: Named): RateSeries[] {
  const sums = new Map<string, Map<string, { hits: number; calls: number }>>();
  for (const group of groups) {
    const byDay = sums.get(nameOf(group)) ?? new Map<string, { hits: number; calls: number }>();
    sums.set(nameOf(group), byDay);
    const day = byDay.get(group.day ?? '') ?? { hits: 0, calls: 0 };
    byDay.set(group.day ?? '', { hits: day.hits + group.hits, calls: day.calls + group.hits + group.misses });
  }
  const calls = (byDay: ReadonlyMap<string, { calls: number }>) =>
    [...byDay.values()].reduce((sum, day) => sum + day.calls, 0);
  return [...sums]
    .toSorted(([, left], [, right]) => calls(right) - calls(left))
    .slice(0, MOST_LINES)
    .map(([name, byDay]) => ({ name, values: days.map((day) => rateOf(byDay.get(day))) }));
}

function rateOf(day: { hits: number; calls: number } | undefined): string | null {
  return day === undefined || day.calls === 0 ? null : (day.hits / day.calls).toFixed(6);
}

type Mark = CacheStats['generations'][number];

/** Where generations of a model began, as places on the axis of days (UTC). */
export function marksOn(marks: readonly Mark[], days: readonly string[], labelOf: (mark: Mark) => string) {
  return marks.flatMap((mark) => {
    const at = days.indexOf(mark.started_at.slice(0, 10));
    return at === -1 ? [] : [{ at, label: labelOf(mark) }];
  });
}

/** The rows of `models`, those of one model together, its newest generation first; models with the most calls first. */
export function byModel(models: CacheStats['models']): CacheStats['models'] {
  const calls = new Map<string, number>();
  for (const { model, hits, misses } of models) calls.set(model, (calls.get(model) ?? 0) + hits + misses);
  return models.toSorted(
    (left, right) =>
      (calls.get(right.model) ?? 0) - (calls.get(left.model) ?? 0) ||
      left.model.localeCompare(right.model) ||
      right.generation - left.generation,
  );
}
