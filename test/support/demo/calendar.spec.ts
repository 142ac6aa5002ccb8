import { atWork, callTimes, inSeoul, monthStart } from '../../../scripts/demo/history/calendar.mjs';
import { numbers } from '../../../scripts/demo/random.mjs';

const WEEK_MS = 7 * 24 * 3_600_000;
/** A Monday, 00:00 in Seoul. */
const MONDAY = Date.parse('2026-11-02T00:00:00+09:00');
const span = { fromMs: MONDAY, toMs: MONDAY + WEEK_MS, scale: 1 };

describe('the calendar of the demo', () => {
  it('has most calls of an office in its hours of work in Seoul', () => {
    const times = callTimes({ calls: 1_000 }, span, numbers(1));
    const atWorkHours = times.filter((ms) => inSeoul(ms).hour >= 8 && inSeoul(ms).hour < 20);
    expect(atWorkHours.length / times.length).toBeGreaterThan(0.85);
  });

  it('has few calls of an office at weekends, and more of a service', () => {
    const shareOf = (night: boolean) => {
      const times = callTimes({ calls: 1_000, night }, span, numbers(1));
      return times.filter((ms) => [0, 6].includes(inSeoul(ms).weekday)).length / times.length;
    };
    expect(shareOf(false)).toBeLessThan(0.08);
    expect(shareOf(true)).toBeGreaterThan(0.12);
  });

  it('has calls in order and within the span, the same for the same seed', () => {
    const times = callTimes({ calls: 500 }, span, numbers(3));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times.every((ms) => ms >= span.fromMs && ms < span.toMs)).toBe(true);
    expect(callTimes({ calls: 500 }, span, numbers(3))).toEqual(times);
    expect(callTimes({ calls: 500 }, span, numbers(4))).not.toEqual(times);
  });

  it.each([
    ['a Monday', '2026-11-02T03:00:00+09:00', '2026-11-02T13:00:00+09:00'],
    ['a Saturday', '2026-11-07T03:00:00+09:00', '2026-11-06T13:00:00+09:00'],
    ['a Sunday', '2026-11-08T23:00:00+09:00', '2026-11-06T13:00:00+09:00'],
  ])('has people at work on %s or the Friday before', (_day, time, expected) => {
    expect(atWork(Date.parse(time), () => 0.5)).toBe(Date.parse(expected));
  });

  it('begins months at midnight in Seoul', () => {
    expect(monthStart(Date.parse('2026-10-31T15:00:00Z'))).toBe(Date.parse('2026-10-31T15:00:00Z'));
    expect(monthStart(Date.parse('2026-10-31T14:59:59Z'))).toBe(Date.parse('2026-09-30T15:00:00Z'));
  });
});
