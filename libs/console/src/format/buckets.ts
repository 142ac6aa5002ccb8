import { formatDateTimeFull, formatDay } from './times';
import { addDays, clockIn, dateFormat, dateIn, daysBetween, utc, weekday, type PlainDate } from './zones';

/** The length of a bucket of a report. */
export type BucketUnit = 'hour' | 'day' | 'week' | 'month';

const WEEK = /^(\d{4})-W(\d{2})$/;
const MONTH = /^\d{4}-\d{2}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MS_PER_HOUR = 3_600_000;

/**
 * The unit of a bucket as reports name it: `2026-11-23T09:00:00Z`, `2026-11-23`, `2026-W48` or `2026-11`.
 *
 * @throws RangeError if it is none of these
 */
export function bucketUnit(bucket: string): BucketUnit {
  if (DAY.test(bucket)) return 'day';
  if (MONTH.test(bucket)) return 'month';
  if (WEEK.test(bucket)) return 'week';
  if (Number.isNaN(Date.parse(bucket))) throw new RangeError(`"${bucket}" is no hour, day, week or month`);
  return 'hour';
}

/** The first date of a bucket; of an hour, its date in the zone. @throws RangeError as {@link bucketUnit} */
export function firstDate(bucket: string, zone: string): PlainDate {
  switch (bucketUnit(bucket)) {
    case 'hour':
      return dateIn(zone, new Date(bucket));
    case 'day':
      return bucket;
    case 'week':
      return mondayOf(bucket);
    case 'month':
      return `${bucket}-01`;
  }
}

/** The last date of a bucket. @throws RangeError as {@link bucketUnit} */
export function lastDate(bucket: string, zone: string): PlainDate {
  const first = firstDate(bucket, zone);
  const unit = bucketUnit(bucket);
  if (unit === 'month') return lastOfMonth(first);
  return unit === 'week' ? addDays(first, 6) : first;
}

/** Whether a bucket has begun and not ended, so that it is not to be compared with a whole one. */
export function isInProgress(bucket: string, zone: string, now: Date): boolean {
  if (bucketUnit(bucket) === 'hour') {
    const since = now.getTime() - Date.parse(bucket);
    return since >= 0 && since < MS_PER_HOUR;
  }
  const today = dateIn(zone, now);
  return firstDate(bucket, zone) <= today && today <= lastDate(bucket, zone);
}

/** A bucket's label on an axis: `11. 27.`, `Nov 27`; an hour is `09:00`, at midnight its date; January has its year. */
export function axisLabel(bucket: string, zone: string, locale: string): string {
  const first = firstDate(bucket, zone);
  switch (bucketUnit(bucket)) {
    case 'hour': {
      const { hour } = clockIn(zone, new Date(bucket));
      return hour === 0 ? monthDay(first, locale) : `${String(hour).padStart(2, '0')}:00`;
    }
    case 'month':
      return dateFormat(locale, { timeZone: 'UTC', month: 'short', ...yearOf(first) }).format(utc(first));
    default:
      return monthDay(first, locale);
  }
}

/** A bucket in full, for announcements and tables: `2026. 11. 27. (금)`, `2026년 11월`, `11. 23. ~ 11. 29.` */
export function bucketLabel(bucket: string, zone: string, locale: string): string {
  const first = firstDate(bucket, zone);
  switch (bucketUnit(bucket)) {
    case 'hour':
      return formatDateTimeFull(new Date(bucket), zone, locale).replace(/:00(?= )/, '');
    case 'day':
      return `${formatDay(first, locale)} (${dateFormat(locale, { timeZone: 'UTC', weekday: 'short' }).format(utc(first))})`;
    case 'week':
      return `${formatDay(first, locale)} – ${formatDay(lastDate(bucket, zone), locale)}`;
    case 'month':
      return dateFormat(locale, { timeZone: 'UTC', year: 'numeric', month: 'long' }).format(utc(first));
  }
}

/** The days of a period, each as a bucket; a chart needs also those that a report has no row for. */
export function daysOf(from: PlainDate, to: PlainDate): PlainDate[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, index) => addDays(from, index));
}

/** The last date of the month that a date is in. */
export function lastOfMonth(date: PlainDate): PlainDate {
  return addDays(`${addDays(`${date.slice(0, 7)}-28`, 4).slice(0, 7)}-01`, -1);
}

/** The Monday of a week of ISO 8601; the 4th of January is in week 1. */
function mondayOf(week: string): PlainDate {
  const [, year = '', number = ''] = WEEK.exec(week) ?? [];
  const fourth = `${year}-01-04`;
  return addDays(fourth, (Number(number) - 1) * 7 - ((weekday(fourth) + 6) % 7));
}

const yearOf = (date: PlainDate) => (date.slice(5, 7) === '01' ? ({ year: 'numeric' } as const) : {});

function monthDay(date: PlainDate, locale: string): string {
  const month = locale.startsWith('ko') ? 'numeric' : 'short';
  return dateFormat(locale, { timeZone: 'UTC', month, day: 'numeric' }).format(utc(date));
}
