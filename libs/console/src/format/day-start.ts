import { addDays, isoIn, offsetMinutes, utc, type PlainDate } from './zones';

const MS_PER_MINUTE = 60_000;

/** When a date begins in a zone, as RFC 3339 with its offset: `2026-11-27T00:00:00+09:00`. */
export function dayStart(day: PlainDate, zone: string): string {
  const atUtc = utc(day).getTime();
  const guess = new Date(atUtc - offsetMinutes(zone, new Date(atUtc)) * MS_PER_MINUTE);
  // The offset at the guess is that of the day, also where clocks have just been changed.
  return isoIn(zone, new Date(atUtc - offsetMinutes(zone, guess) * MS_PER_MINUTE));
}

/** When a date ends in a zone, which is when the next one begins. */
export const dayEnd = (day: PlainDate, zone: string): string => dayStart(addDays(day, 1), zone);
