import type { OffPeakWindow, Price } from './price';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
const WEEK_DAYS = 7;
const DATE_LENGTH = '2026-10-01'.length;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

/**
 * The price in force at a time, and until when.
 *
 * @param timeMs in milliseconds since 1970; the result's `untilMs` too
 */
export function atClock(price: Price, timeMs: number): { price: Price; untilMs: number } {
  const { offPeak } = price;
  if (!offPeak) return { price, untilMs: Infinity };
  const spans = spansAround(offPeak.windows, timeMs);
  const isOffPeak = spans.some(({ fromMs, toMs }) => fromMs <= timeMs && timeMs < toMs);
  const ahead = spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).filter((ms) => ms > timeMs);
  return { price: isOffPeak ? { ...price, ...offPeak.rates } : price, untilMs: Math.min(Infinity, ...ahead) };
}

/** When the next cheap hours of a price begin, in milliseconds since 1970; undefined where they are now, or where it has none. */
export function nextOffPeakMs({ offPeak }: Price, nowMs: number): number | undefined {
  if (!offPeak) return undefined;
  const spans = spansAround(offPeak.windows, nowMs);
  if (spans.some(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs)) return undefined;
  const ahead = spans.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > nowMs);
  return ahead.length > 0 ? Math.min(...ahead) : undefined;
}

/** The windows of the day, of the one before it, which may last past midnight, and of the week after it. */
function spansAround(windows: readonly OffPeakWindow[], timeMs: number): { fromMs: number; toMs: number }[] {
  const today = Math.floor(timeMs / DAY_MS) * DAY_MS;
  return Array.from({ length: WEEK_DAYS + 2 }, (_, day) => today + (day - 1) * DAY_MS).flatMap((dayMs) => {
    const weekday = new Date(dayMs).getUTCDay() || WEEK_DAYS;
    const date = new Date(dayMs).toISOString().slice(0, DATE_LENGTH);
    return windows
      .filter(({ weekdays, dates }) => weekdays.includes(weekday) || dates?.has(date))
      .map(({ fromMinute, toMinute }) => ({
        fromMs: dayMs + fromMinute * MINUTE_MS,
        toMs: dayMs + toMinute * MINUTE_MS,
      }));
  });
}

/** The member `off_peak_pricing` of a catalogue, whose numbers are texts. */
export interface WrittenOffPeak {
  windows?: { hours_utc?: string | string[]; weekdays?: (string | number)[]; dates?: string[] }[];
}

/**
 * Reads windows such as `{"hours_utc": ["00:00-01:00", "22:00-02:00"], "weekdays": [1, 2]}`. One that ends before it
 * begins lasts into the next day; one without weekdays and dates is on every day.
 */
export function readWindows({ windows = [] }: WrittenOffPeak): OffPeakWindow[] {
  return windows.flatMap(({ hours_utc: hours = [], dates, weekdays = dates ? [] : EVERY_DAY }) =>
    [hours].flat().map((span) => {
      const [from = '00:00', to = '00:00'] = span.split('-');
      const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
      return {
        fromMinute,
        toMinute: toMinute > fromMinute ? toMinute : toMinute + DAY_MINUTES,
        weekdays: weekdays.map(Number),
        ...(dates && { dates: new Set(dates) }),
      };
    }),
  );
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
