import { DateTime } from 'luxon';
import type { WindowKind } from './budget';

/** A span of time, in milliseconds since 1970. */
export interface Window {
  startMs: number;
  /** Infinity for the window that never ends. */
  endMs: number;
}

/**
 * The budget window that contains a time: a calendar hour, day, week (from Monday) or month of a time zone. It is computed from
 * the time, so nothing is reset. A day with a clock change has 23 or 25 hours.
 *
 * @param timezone an IANA name, for example `Asia/Seoul`
 */
export function windowAt(kind: WindowKind, timezone: string, timeMs: number): Window {
  if (kind === 'total') return { startMs: 0, endMs: Infinity };
  if (kind === 'hour') return hourAt(timezone, timeMs);
  const start = DateTime.fromMillis(timeMs, { zone: timezone }).startOf(kind);
  return {
    startMs: start.toMillis(),
    endMs: start
      .plus({ [`${kind}s`]: 1 })
      .startOf(kind)
      .toMillis(),
  };
}

const HOUR_MS = 3_600_000;
/** Clocks change at whole quarters of an hour of UTC. */
const QUARTER_MS = 900_000;

/** An hour of the local clock. Where the clock changes by half an hour (Lord Howe), one hour ends there and another begins. */
function hourAt(timezone: string, timeMs: number): Window {
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

/** Whether this machine knows the time zone. */
export function isTimezone(name: string): boolean {
  return DateTime.local({ zone: name }).isValid;
}
