import { bucketKey, bucketKeys } from './bucket-keys';

describe('the buckets of a period', () => {
  it('are all of its days, weeks of ISO 8601 and months', () => {
    expect(bucketKeys('day', '2026-11-29', '2026-12-01', 'Asia/Seoul')).toEqual([
      '2026-11-29',
      '2026-11-30',
      '2026-12-01',
    ]);
    expect(bucketKeys('week', '2026-12-27', '2027-01-04', 'UTC')).toEqual(['2026-W52', '2026-W53', '2027-W01']);
    expect(bucketKeys('month', '2026-11-29', '2027-01-01', 'UTC')).toEqual(['2026-11', '2026-12', '2027-01']);
  });

  it('are hours from midnight to midnight of the zone, 25 on the day on which the clock goes back', () => {
    const seoul = bucketKeys('hour', '2026-11-01', '2026-11-01', 'Asia/Seoul');
    expect([seoul.length, seoul[0], seoul.at(-1)]).toEqual([
      24,
      '2026-10-31T15:00:00.000Z',
      '2026-11-01T14:00:00.000Z',
    ]);
    expect(bucketKeys('hour', '2026-11-01', '2026-11-01', 'America/New_York')).toHaveLength(25);
    expect(bucketKeys('hour', '2026-03-08', '2026-03-08', 'America/New_York')).toHaveLength(23);
  });

  it('of a report have the same names', () => {
    expect(bucketKey('hour', '2026-11-01T00:00:00+09:00')).toBe('2026-10-31T15:00:00.000Z');
    expect(bucketKey('week', '2026-W48')).toBe('2026-W48');
  });
});
