import { z } from 'zod';

const MS_PER_DAY = 24 * 3600 * 1000;
const UNIX_SECONDS = /^\d{1,11}$/;

/**
 * A moment in a query: RFC 3339, Unix seconds, or a day (`2026-11-23`) in UTC, from 1970 to 9999. Comes out as a Date.
 *
 * @param day which moment a day stands for: its first, or the first of the next, so that a span ends with the whole day
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
      context.addIssue('must be RFC 3339 (2026-11-23T09:00:00Z), Unix seconds or a day (2026-11-23), from 1970 on');
      return z.NEVER;
    })
    .meta({ description });
}

function milliseconds(text: string, day: 'start' | 'end'): number | undefined {
  if (UNIX_SECONDS.test(text)) return Number(text) * 1000;
  if (z.iso.date().safeParse(text).success) return Date.parse(text) + (day === 'end' ? MS_PER_DAY : 0);
  // The plus of an offset is a space in a query unless it is escaped, which is easily forgotten.
  const time = text.replace(/ (?=\d\d:\d\d$)/, '+');
  return z.iso.datetime({ offset: true }).safeParse(time).success ? Date.parse(time) : undefined;
}
