import type { DayOrTime } from '@thriftgate/contracts';
import { DateTime } from 'luxon';
import { spanOf } from '../reports/report-span';

const HOUR_MS = 3_600_000;

/** From a time to another one, which is not in it. */
export interface Span {
  from: Date;
  to: Date;
}

/** The span of an overview: by default the running month up to the end of today, in the time zone. */
export function overviewSpan(
  { from, to }: { from?: DayOrTime | undefined; to?: DayOrTime | undefined },
  nowMs: number,
  timezone: string,
): Span {
  const span = spanOf({ from, to }, nowMs, timezone);
  if (from !== undefined) return span;
  const last = DateTime.fromMillis(Math.min(span.to.getTime() - 1, nowMs), { zone: timezone });
  return { ...span, from: last.startOf('month').toJSDate() };
}

/**
 * The span that a span is compared with: for one from the start of a month within it the month before, for whole months as many,
 * else as many days. Of a span that is not over, only the part that is as long as what is over, to the end of the hour.
 */
export function comparedSpan({ from, to }: Span, nowMs: number, timezone: string): Span {
  const at = (timeMs: number) => DateTime.fromMillis(timeMs, { zone: timezone });
  const [start, end] = [at(from.getTime()), at(to.getTime())];
  const isFromMonth = +start === +start.startOf('month');
  const months = isFromMonth && +end === +end.startOf('month') ? Math.round(end.diff(start, 'months').months) : 1;
  const isMonths = isFromMonth && end <= start.plus({ months });
  const before = start.minus(isMonths ? { months } : { days: Math.ceil(end.diff(start, 'days').days) });
  const reachedMs = Math.max(+start, Math.min(+end, Math.ceil(nowMs / HOUR_MS) * HOUR_MS));
  const isOver = reachedMs === +end && (!isMonths || +end === +start.plus({ months }));
  const length = at(reachedMs).diff(start, ['days', 'milliseconds']);
  const until = isOver ? start : DateTime.min(before.plus(length), start);
  return { from: new Date(Math.max(0, +before)), to: new Date(Math.max(0, +until)) };
}
