/** A date without a time: `2026-11-27`. */
export type PlainDate = string;

const MS_PER_MINUTE = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Names that Intl writes as an offset only. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  'Asia/Seoul': 'KST',
  'Asia/Tokyo': 'JST',
  'Asia/Singapore': 'SGT',
  'Asia/Kolkata': 'IST',
  UTC: 'UTC',
  'Etc/UTC': 'UTC',
};

/** An `Intl.DateTimeFormat`, made once for each locale and options. @throws RangeError if the zone is unknown */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** What a clock in a zone shows. */
export interface ClockReading {
  date: PlainDate;
  /** 0 to 23 */
  hour: number;
  minute: number;
  second: number;
}

/** What a clock in an IANA zone shows at an instant; the zone of the browser has no part in it. */
export function clockIn(zone: string, instant: Date): ClockReading {
  const format = dateFormat('en-US-u-hc-h23', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return {
    date: `${part['year']?.padStart(4, '0')}-${part['month']}-${part['day']}`,
    hour: Number(part['hour']),
    minute: Number(part['minute']),
    second: Number(part['second']),
  };
}

/** The date in a zone at an instant. */
export const dateIn = (zone: string, instant: Date): PlainDate => clockIn(zone, instant).date;

/** How far the clock of a zone is before UTC at an instant, in minutes: 540 in Seoul. */
export function offsetMinutes(zone: string, instant: Date): number {
  const { date, hour, minute, second } = clockIn(zone, instant);
  const shown = Date.parse(`${date}T${two(hour)}:${two(minute)}:${two(second)}Z`);
  return Math.round((shown - Math.floor(instant.getTime() / 1000) * 1000) / MS_PER_MINUTE);
}

/** An instant as RFC 3339 with the offset of a zone, to the second: `2026-11-27T23:04:10+09:00`. */
export function isoIn(zone: string, instant: Date): string {
  const { date, hour, minute, second } = clockIn(zone, instant);
  const offset = offsetMinutes(zone, instant);
  const size = Math.abs(offset);
  const suffix = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${suffix}`;
}

/** The short name of a zone at an instant: `KST`, `EST`, or an offset where it has no name, `GMT+7`. */
export function zoneName(zone: string, locale: string, instant: Date): string {
  const short = SHORT_NAMES[zone];
  if (short !== undefined) return short;
  const parts = dateFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(instant);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** The instant at which a date begins in a zone; where the clock leaps over midnight, the first instant of the date. */
export function startOfDate(date: PlainDate, zone: string): Date {
  const midnight = utc(date).getTime();
  const guess = new Date(midnight - offsetMinutes(zone, new Date(midnight)) * MS_PER_MINUTE);
  const start = new Date(midnight - offsetMinutes(zone, guess) * MS_PER_MINUTE);
  return dateIn(zone, start) === date ? start : guess;
}

/** When a date begins in a zone, as RFC 3339 with its offset: `2026-11-27T00:00:00+09:00`. */
export const dayStart = (date: PlainDate, zone: string): string => isoIn(zone, startOfDate(date, zone));

/** When a date ends in a zone, which is when the next one begins. */
export const dayEnd = (date: PlainDate, zone: string): string => dayStart(addDays(date, 1), zone);

/** The date some days later, or earlier if `days` is negative. */
export function addDays(date: PlainDate, days: number): PlainDate {
  const moved = utc(date);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** Days from one date to another. */
export const daysBetween = (from: PlainDate, to: PlainDate): number =>
  Math.round((utc(to).getTime() - utc(from).getTime()) / (24 * 60 * MS_PER_MINUTE));

/** 0 for Sunday to 6 for Saturday. */
export const weekday = (date: PlainDate): number => utc(date).getUTCDay();

/** A date as the instant at which it begins in UTC, to be formatted with `timeZone: 'UTC'`. */
export const utc = (date: PlainDate): Date => new Date(`${date}T00:00:00Z`);

const two = (value: number) => String(value).padStart(2, '0');
