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
  const start = DateTime.fromMillis(timeMs, { zone: timezone }).startOf(kind);
  return {
    startMs: start.toMillis(),
    endMs: start
      .plus({ [`${kind}s`]: 1 })
      .startOf(kind)
      .toMillis(),
  };
}

/** Whether this machine knows the time zone. */
export function isTimezone(name: string): boolean {
  return DateTime.local({ zone: name }).isValid;
}
