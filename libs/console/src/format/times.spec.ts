import fc from 'fast-check';
import { formatDateTime, formatDateTimeFull, formatDay, formatPeriod, formatTime, relativeTime } from './times';
import { addDays, dateIn, daysBetween, isoIn, offsetMinutes, zoneName } from './zones';

const SEOUL = 'Asia/Seoul';
const instant = new Date('2026-11-27T14:04:10Z');

describe('times', () => {
  it('are of the given zone, not of the machine', () => {
    expect(formatDateTime(instant, SEOUL, 'ko')).toBe('2026. 11. 27. 23:04');
    expect(formatDateTime(instant, 'America/New_York', 'en')).toBe('Nov 27, 2026, 09:04');
    expect(formatDateTimeFull(instant, SEOUL, 'ko')).toBe('2026. 11. 27. 23:04:10 KST');
    expect(formatTime(instant, SEOUL, 'en')).toBe('23:04:10');
    expect(formatTime(new Date('2026-11-27T15:00:00Z'), SEOUL, 'ko')).toBe('00:00:00');
  });

  it('are dates', () => {
    expect(formatDay('2026-11-27', 'ko')).toBe('2026. 11. 27.');
    expect(formatDay('2026-11-27', 'en')).toBe('Nov 27, 2026');
    expect(formatDay(new Date('2026-11-30T15:30:00Z'), 'ko', SEOUL)).toBe('2026. 12. 1.');
  });

  it('are periods that name their zone', () => {
    expect(formatPeriod('2026-11-01', '2026-11-27', SEOUL, 'ko')).toBe('11. 1. ~ 11. 27. KST');
    expect(formatPeriod('2026-11-27', '2026-11-27', SEOUL, 'ko')).toBe('11. 27. KST');
    expect(formatPeriod('2025-12-01', '2026-01-31', SEOUL, 'ko')).toBe('2025. 12. 1. ~ 2026. 1. 31. KST');
    expect(formatPeriod('2026-11-01', '2026-11-27', 'UTC', 'en')).toMatch(/^Nov 1\s–\s27 UTC$/);
  });

  it('are relative, with the absolute time as title', () => {
    const now = new Date('2026-11-27T14:06:40Z');
    expect(relativeTime(instant, now, SEOUL, 'ko')).toEqual({ text: '2분 전', title: '2026. 11. 27. 23:04:10 KST' });
    expect(relativeTime(new Date('2026-11-30T14:06:40Z'), now, SEOUL, 'en').text).toBe('in 3 days');
    expect(relativeTime(now, now, SEOUL, 'en').text).toBe('now');
  });
});

describe('zones', () => {
  it('have short names', () => {
    expect(zoneName(SEOUL, 'ko', instant)).toBe('KST');
    expect(zoneName('America/New_York', 'en', instant)).toBe('EST');
    expect(() => zoneName('Asia/Nowhere', 'ko', instant)).toThrow(RangeError);
  });

  it('have offsets, also of half hours and in summer', () => {
    expect(offsetMinutes(SEOUL, instant)).toBe(540);
    expect(offsetMinutes('Asia/Kolkata', instant)).toBe(330);
    expect(offsetMinutes('America/New_York', new Date('2026-07-01T00:00:00Z'))).toBe(-240);
    expect(isoIn(SEOUL, instant)).toBe('2026-11-27T23:04:10+09:00');
    expect(isoIn('America/St_Johns', instant)).toBe('2026-11-27T10:34:10-03:30');
  });

  it('write an instant that reads back the same', () => {
    const zones = fc.constantFrom(SEOUL, 'UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati');
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(fc.property(zones, seconds, (zone, s) => Date.parse(isoIn(zone, new Date(s * 1000))) === s * 1000));
  });

  it('count a call at 00:30 KST on the 1st in that month', () => {
    expect(dateIn(SEOUL, new Date('2026-11-30T15:30:00Z'))).toBe('2026-12-01');
    expect(dateIn('America/New_York', new Date('2026-11-30T15:30:00Z'))).toBe('2026-11-30');
  });

  it('move dates over months, leap days and clock changes', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    fc.assert(
      fc.property(
        fc.integer({ min: -9999, max: 9999 }),
        (n) => daysBetween('2026-11-27', addDays('2026-11-27', n)) === n,
      ),
    );
  });
});
