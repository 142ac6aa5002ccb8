import { z } from 'zod';

const MS_PER_DAY = 24 * 3600 * 1000;
const UNIX_SECONDS = /^\d{1,11}$/;
const WRONG_TIME = 'must be RFC 3339 (2026-11-23T09:00:00Z), Unix seconds or a day (2026-11-23), from 1970 on';

/**
 * A time in a query: RFC 3339, Unix seconds, or a day (`2026-11-23`) in UTC, from 1970 to 9999. Parsed to a Date.
 *
 * @param day the time that a day means: its start, or the start of the next day, so that a range includes the whole day
 */
export function dayOrTimeSchema(day: 'start' | 'end') {
  const description =
    day === 'start'
      ? 'Not earlier than this: RFC 3339, Unix seconds, or a day (UTC)'
      : 'Earlier than this: RFC 3339 or Unix seconds; a day (UTC) is included whole';
  return z
    .string()
    .transform((text, context): Date => {
      const ms = milliseconds(text, day);
      if (ms !== undefined && ms >= 0) return new Date(ms);
      context.addIssue(WRONG_TIME);
      return z.NEVER;
    })
    .meta({ description });
}

function milliseconds(text: string, day: 'start' | 'end'): number | undefined {
  if (UNIX_SECONDS.test(text)) return Number(text) * 1000;
  if (z.iso.date().safeParse(text).success) return Date.parse(text) + (day === 'end' ? MS_PER_DAY : 0);
  // In a query an unescaped plus is a space, so a space before the offset is read as a plus.
  const time = text.replace(/ (?=\d\d:\d\d$)/, '+');
  return z.iso.datetime({ offset: true }).safeParse(time).success ? Date.parse(time) : undefined;
}

/** A time, or a day (`2026-11-23`) of a time zone that another parameter names. */
export type DayOrTime = Date | { day: string };

/** As {@link dayOrTimeSchema}, with days left as they are. */
export const localDayOrTimeSchema = z.string().transform((text, context): DayOrTime => {
  const ms = milliseconds(text, 'start');
  if (ms === undefined || ms < 0) {
    context.addIssue(WRONG_TIME);
    return z.NEVER;
  }
  return z.iso.date().safeParse(text).success ? { day: text } : new Date(ms);
});
