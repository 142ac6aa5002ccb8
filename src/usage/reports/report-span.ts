import type { DayOrTime, StatusRange } from '@thriftgate/contracts';
import { DateTime } from 'luxon';
import { periodAt } from '../../common/calendar';
import { GatewayError } from '../../common/errors';

/** The calls that a report covers: of a time, with one of the values of each list, and with none of those to exclude. */
export interface UsageFilter {
  team_id?: string | undefined;
  team?: readonly string[] | undefined;
  key?: readonly string[] | undefined;
  model?: readonly string[] | undefined;
  tag?: readonly string[] | undefined;
  provider?: readonly string[] | undefined;
  cache_status?: readonly string[] | undefined;
  status?: readonly StatusRange[] | undefined;
  exclude_team?: readonly string[] | undefined;
  exclude_key?: readonly string[] | undefined;
  exclude_model?: readonly string[] | undefined;
  exclude_tag?: readonly string[] | undefined;
  exclude_provider?: readonly string[] | undefined;
  exclude_cache_status?: readonly string[] | undefined;
  from: Date;
  to: Date;
}

const DEFAULT_DAYS = 30;
/** How far an instance's clock may be ahead for its calls to be in the report. */
const CLOCKS_APART_MS = 60_000;

/**
 * The span of a report. The default end is the end of today, the default start 30 days before the end. Both are whole days of
 * the time zone, so that in UTC the report reads only roll-ups.
 */
export function spanOf(
  { from, to }: { from?: DayOrTime | undefined; to?: DayOrTime | undefined },
  nowMs: number,
  timezone = 'UTC',
): { from: Date; to: Date } {
  const endMs = instantOf(to, 'end', timezone) ?? periodAt('day', timezone, nowMs + CLOCKS_APART_MS).endMs;
  const lastDay = DateTime.fromMillis(Math.min(endMs, nowMs), { zone: timezone }).startOf('day');
  const startMs = instantOf(from, 'start', timezone) ?? lastDay.minus({ days: DEFAULT_DAYS }).toMillis();
  return { from: new Date(Math.max(0, startMs)), to: new Date(endMs) };
}

/** The error for a span that ends before it begins. */
export function notInOrder(): GatewayError {
  return new GatewayError('invalid_request', { message: "'from' must be before 'to'.", param: 'from' });
}

function instantOf(time: DayOrTime | undefined, edge: 'start' | 'end', timezone: string): number | undefined {
  if (time === undefined || time instanceof Date) return time?.getTime();
  const day = DateTime.fromISO(time.day, { zone: timezone }).startOf('day');
  return (edge === 'end' ? day.plus({ days: 1 }).startOf('day') : day).toMillis();
}

/** The span before a span, and what of the later one a time of it stands beside. */
export interface SpanBefore {
  from: Date;
  to: Date;
  shift: (timeMs: number) => number;
}

/**
 * The span before a span: as many months where it is whole months, else as many days where it is whole days, else as many
 * milliseconds.
 */
export function spanBefore({ from, to }: { from: Date; to: Date }, timezone: string): SpanBefore {
  const at = (timeMs: number) => DateTime.fromMillis(timeMs, { zone: timezone });
  const [start, end] = [at(from.getTime()), at(to.getTime())];
  const unit = (['month', 'day'] as const).find(
    (each) => +start === +start.startOf(each) && +end === +end.startOf(each),
  );
  const length = unit
    ? { [`${unit}s`]: Math.round(end.diff(start, `${unit}s`).as(`${unit}s`)) }
    : { milliseconds: to.getTime() - from.getTime() };
  return {
    from: new Date(Math.max(0, start.minus(length).toMillis())),
    to: from,
    shift: (timeMs) => at(timeMs).plus(length).toMillis(),
  };
}
