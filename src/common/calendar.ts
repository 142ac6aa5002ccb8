import { DateTime } from 'luxon';

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month';

/** A span of time, in milliseconds since 1970; the end is not in it. */
export interface Period {
  startMs: number;
  endMs: number;
}

const HOUR_MS = 3_600_000;
/** Clocks change at whole quarters of an hour of UTC. */
const QUARTER_MS = 900_000;

/**
 * The calendar hour, day, week (from Monday) or month of a time zone that contains a time. A day with a clock change has 23
 * or 25 hours.
 *
 * @param timezone an IANA name, for example `Asia/Seoul`
 */
export function periodAt(unit: CalendarUnit, timezone: string, timeMs: number): Period {
  if (unit === 'hour') return hourAt(timezone, timeMs);
  const start = DateTime.fromMillis(timeMs, { zone: timezone }).startOf(unit);
  return {
    startMs: start.toMillis(),
    endMs: start
      .plus({ [`${unit}s`]: 1 })
      .startOf(unit)
      .toMillis(),
  };
}

/** The starts of all periods that have a part of a span, in order, in milliseconds since 1970. */
export function startsWithin(unit: CalendarUnit, timezone: string, { startMs, endMs }: Period): number[] {
  if (unit === 'hour') return hoursWithin(timezone, { startMs, endMs });
  const starts: number[] = [];
  for (let at = startMs; at < endMs;) {
    const period = periodAt(unit, timezone, at);
    starts.push(period.startMs);
    at = period.endMs;
  }
  return starts;
}

/** Day by day: where the clock does not change within a day, its hours are 60 minutes each. */
function hoursWithin(timezone: string, { startMs, endMs }: Period): number[] {
  const starts: number[] = [];
  for (let at = startMs; at < endMs;) {
    const day = periodAt('day', timezone, at);
    const { zone } = DateTime.fromMillis(day.startMs, { zone: timezone });
    const isPlain =
      zone.offset(day.startMs) === zone.offset(day.endMs - 1) && (day.endMs - day.startMs) % HOUR_MS === 0;
    for (let hour = day.startMs; hour < Math.min(day.endMs, endMs);) {
      const hourEnd = isPlain ? hour + HOUR_MS : hourAt(timezone, hour).endMs;
      if (hourEnd > startMs) starts.push(hour);
      hour = hourEnd;
    }
    at = day.endMs;
  }
  return starts;
}

/** An hour of the local clock. Where the clock changes by half an hour (Lord Howe), one hour ends there and another begins. */
function hourAt(timezone: string, timeMs: number): Period {
  const { zone } = DateTime.fromMillis(timeMs, { zone: timezone });
  const offsetMs = zone.offset(timeMs) * 60_000;
  const hasSameOffset = (ms: number) => zone.offset(ms) * 60_000 === offsetMs;
  const localStartMs = Math.floor((timeMs + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
  const quarterMs = Math.floor(timeMs / QUARTER_MS) * QUARTER_MS;
  let startMs = quarterMs;
  while (startMs > localStartMs && hasSameOffset(startMs - QUARTER_MS)) startMs -= QUARTER_MS;
  let endMs = quarterMs + QUARTER_MS;
  while (endMs < localStartMs + HOUR_MS && hasSameOffset(endMs)) endMs += QUARTER_MS;
  return { startMs, endMs };
}
