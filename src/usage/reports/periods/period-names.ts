import type { UsageGroup } from '@thriftgate/contracts';
import { DateTime } from 'luxon';
import type { CalendarUnit } from '../../../common/calendar';

const UNITS: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month'];
const FORMATS: Record<Exclude<CalendarUnit, 'hour'>, string> = {
  day: 'yyyy-MM-dd',
  week: "kkkk-'W'WW",
  month: 'yyyy-MM',
};

export const isCalendarUnit = (group: UsageGroup): group is CalendarUnit => UNITS.some((unit) => unit === group);

/** The periods that all calendar groups of a report are made of; undefined where it has none. A week may lie in two months. */
export function unitOf(groups: readonly UsageGroup[]): CalendarUnit | undefined {
  const units = UNITS.filter((unit) => groups.includes(unit));
  return units[0] === 'week' && units.includes('month') ? 'day' : units[0];
}

/** Names of periods by their start: `2026-11-23`, `2026-W48` (ISO 8601), `2026-11`, and the time of an hour. */
export function periodNames(timezone: string): (group: CalendarUnit, startMs: number) => string {
  const known = new Map<string, string>();
  return (group, startMs) => {
    const key = `${group} ${startMs}`;
    const name = known.get(key) ?? nameOf(group, DateTime.fromMillis(startMs, { zone: timezone }));
    known.set(key, name);
    return name;
  };
}

function nameOf(group: CalendarUnit, start: DateTime): string {
  return group === 'hour' ? (start.toISO({ suppressMilliseconds: true }) ?? '') : start.toFormat(FORMATS[group]);
}
