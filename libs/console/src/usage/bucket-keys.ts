import { addDays, daysOf, type PlainDate, startOfDate, weekday } from '../format';
import type { Grain } from './usage-search';

const MS_PER_HOUR = 3_600_000;

/** The keys of all buckets of a period, as reports name them, also of those without calls. An hour is an instant in UTC. */
export function bucketKeys(grain: Grain, from: PlainDate, to: PlainDate, zone: string): string[] {
  if (grain === 'hour') return hoursOf(from, to, zone);
  const days = daysOf(from, to);
  if (grain === 'day') return days;
  return [...new Set(days.map(grain === 'week' ? isoWeek : (day) => day.slice(0, 7)))];
}

/** A bucket of a report as {@link bucketKeys} names it: hours come with the offset of their zone. */
export const bucketKey = (grain: Grain, name: string): string =>
  grain === 'hour' ? new Date(name).toISOString() : name;

function hoursOf(from: PlainDate, to: PlainDate, zone: string): string[] {
  const end = startOfDate(addDays(to, 1), zone).getTime();
  const hours: string[] = [];
  for (let at = startOfDate(from, zone).getTime(); at < end; at += MS_PER_HOUR) hours.push(new Date(at).toISOString());
  return hours;
}

/** The week of a day by ISO 8601, `2026-W48`: the week of a year's first Thursday is its first. */
function isoWeek(day: PlainDate): string {
  const thursday = addDays(day, 4 - (weekday(day) || 7));
  const year = thursday.slice(0, 4);
  const week = Math.floor((Date.parse(thursday) - Date.parse(`${year}-01-01`)) / (7 * 24 * MS_PER_HOUR)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
