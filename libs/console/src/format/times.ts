import { dateFormat, utc, zoneName, type PlainDate } from './zones';

/** Formats an instant as date and time of 24 hours in a zone: `2026. 11. 27. 23:04`, `Nov 27, 2026, 23:04`. */
export function formatDateTime(instant: Date, zone: string, locale: string): string {
  return dateFormat(locale, { timeZone: zone, ...dateParts(locale), ...CLOCK }).format(instant);
}

/** As {@link formatDateTime} with seconds and the zone's name, for titles: `2026. 11. 27. 23:04:10 KST`. */
export function formatDateTimeFull(instant: Date, zone: string, locale: string): string {
  const options = { timeZone: zone, ...dateParts(locale), ...CLOCK, second: '2-digit' } as const;
  return `${dateFormat(locale, options).format(instant)} ${zoneName(zone, locale, instant)}`;
}

/** Formats the time of day of an instant in a zone, 24 hours with seconds: `23:04:10`. */
export function formatTime(instant: Date, zone: string, locale: string): string {
  return dateFormat(locale, { timeZone: zone, ...CLOCK, second: '2-digit' }).format(instant);
}

/** Formats a date, `2026. 11. 27.`, or the date of an instant in a zone. */
export function formatDay(day: PlainDate | Date, locale: string, zone = 'UTC'): string {
  const instant = typeof day === 'string' ? utc(day) : day;
  return dateFormat(locale, { timeZone: typeof day === 'string' ? 'UTC' : zone, ...dateParts(locale) }).format(instant);
}

/** Formats a period of dates, both of them in it, with the zone's name: `11. 1. ~ 11. 27. KST`, `Nov 1 – 27 KST`. */
export function formatPeriod(from: PlainDate, to: PlainDate, zone: string, locale: string): string {
  const { year, ...monthDay } = dateParts(locale);
  const parts = from.slice(0, 4) === to.slice(0, 4) ? monthDay : { year, ...monthDay };
  const format = dateFormat(locale, { timeZone: 'UTC', ...parts });
  const name = zoneName(zone, locale, utc(to));
  if (from === to) return `${format.format(utc(from))} ${name}`;
  // The range of Intl has slashes in Korean, unlike each of its dates.
  const range = isKorean(locale)
    ? `${format.format(utc(from))} ~ ${format.format(utc(to))}`
    : format.formatRange(utc(from), utc(to));
  return `${range} ${name}`;
}

/** A relative time, and the absolute one for its `title`. */
export interface RelativeTime {
  text: string;
  title: string;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** An instant seen from another one: `2분 전`, `in 3 days`; the title is absolute, in a zone. */
export function relativeTime(instant: Date, now: Date, zone: string, locale: string): RelativeTime {
  const seconds = Math.round((instant.getTime() - now.getTime()) / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return {
    text: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit),
    title: formatDateTimeFull(instant, zone, locale),
  };
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** Korean dates are numbers; English ones have the month's name, because 11/1 has two meanings. */
const dateParts = (locale: string) =>
  ({ year: 'numeric', month: isKorean(locale) ? 'numeric' : 'short', day: 'numeric' }) as const;

const isKorean = (locale: string) => locale.startsWith('ko');
