import { axisLabel, bucketLabel, bucketUnit, daysOf, firstDate, isInProgress, lastDate } from './buckets';
import { monthAfter, presetPeriod } from './periods';

const SEOUL = 'Asia/Seoul';
/** The 1st of December, 00:30, in Seoul. */
const now = new Date('2026-11-30T15:30:00Z');

describe('buckets', () => {
  it('are named as reports name them', () => {
    expect(['2026-11-23T09:00:00Z', '2026-11-23', '2026-W48', '2026-11'].map(bucketUnit)).toEqual([
      'hour',
      'day',
      'week',
      'month',
    ]);
    expect(() => bucketUnit('yesterday')).toThrow(RangeError);
  });

  it('have a first and a last date', () => {
    expect([firstDate('2026-W48', SEOUL), lastDate('2026-W48', SEOUL)]).toEqual(['2026-11-23', '2026-11-29']);
    expect(firstDate('2026-W01', SEOUL)).toBe('2025-12-29');
    expect(firstDate('2026-W53', SEOUL)).toBe('2026-12-28');
    expect([firstDate('2028-02', SEOUL), lastDate('2028-02', SEOUL)]).toEqual(['2028-02-01', '2028-02-29']);
    expect(firstDate('2026-11-30T15:00:00Z', SEOUL)).toBe('2026-12-01');
  });

  it('are in progress in the zone of the company', () => {
    expect(isInProgress('2026-12-01', SEOUL, now)).toBe(true);
    expect(isInProgress('2026-11-30', SEOUL, now)).toBe(false);
    expect(isInProgress('2026-11-30', 'America/New_York', now)).toBe(true);
    expect(isInProgress('2026-12', SEOUL, now)).toBe(true);
    expect(isInProgress('2026-W49', SEOUL, now)).toBe(true);
    expect(isInProgress('2026-11-30T15:00:00Z', SEOUL, now)).toBe(true);
    expect(isInProgress('2026-11-30T14:00:00Z', SEOUL, now)).toBe(false);
  });

  it('have labels', () => {
    expect(axisLabel('2026-11-27', SEOUL, 'ko')).toBe('11. 27.');
    expect(axisLabel('2026-11-27', SEOUL, 'en')).toBe('Nov 27');
    expect(axisLabel('2026-11-26T15:00:00Z', SEOUL, 'ko')).toBe('11. 27.');
    expect(axisLabel('2026-11-26T16:00:00Z', SEOUL, 'ko')).toBe('01:00');
    expect(axisLabel('2026-11', SEOUL, 'ko')).toBe('11월');
    expect(bucketLabel('2026-11-27', SEOUL, 'ko')).toBe('2026. 11. 27. (금)');
    expect(bucketLabel('2026-11', SEOUL, 'en')).toBe('November 2026');
    expect(bucketLabel('2026-W48', SEOUL, 'ko')).toBe('2026. 11. 23. – 2026. 11. 29.');
    expect(bucketLabel('2026-11-26T16:00:00Z', SEOUL, 'ko')).toBe('2026. 11. 27. 01:00 KST');
  });

  it('are all days of a period', () => {
    expect(daysOf('2026-11-29', '2026-12-01')).toEqual(['2026-11-29', '2026-11-30', '2026-12-01']);
    expect(daysOf('2026-12-02', '2026-12-01')).toEqual([]);
  });
});

describe('periods', () => {
  it.each([
    ['7d', '2026-11-25', '2026-12-01'],
    ['30d', '2026-11-02', '2026-12-01'],
    ['this-month', '2026-12-01', '2026-12-01'],
    ['last-month', '2026-11-01', '2026-11-30'],
  ] as const)('%s is %s to %s in Seoul', (preset, from, to) => {
    expect(presetPeriod(preset, SEOUL, now)).toEqual({ from, to });
  });

  it('differ where the date does', () => {
    expect(presetPeriod('this-month', 'America/New_York', now)).toEqual({ from: '2026-11-01', to: '2026-11-30' });
  });

  it('have months before and after them', () => {
    expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1), monthAfter('2026-11', -14)]).toEqual([
      '2027-01',
      '2025-12',
      '2025-09',
    ]);
  });
});
