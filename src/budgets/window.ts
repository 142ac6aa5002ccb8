import { type Period, periodAt } from '../common/calendar';
import type { WindowKind } from './budget';

/** A span of time, in milliseconds since 1970. The window that never ends has the end Infinity. */
export type Window = Period;

/**
 * The budget window that contains a time: a calendar hour, day, week (from Monday) or month of a time zone. It is computed from
 * the time, so nothing is reset. A day with a clock change has 23 or 25 hours.
 *
 * @param timezone an IANA name, for example `Asia/Seoul`
 */
export function windowAt(kind: WindowKind, timezone: string, timeMs: number): Window {
  return kind === 'total' ? { startMs: 0, endMs: Infinity } : periodAt(kind, timezone, timeMs);
}
