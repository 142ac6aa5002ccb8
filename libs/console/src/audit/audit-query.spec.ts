import { dayStart, spanOf } from './audit-query';

describe('the days of the audit log', () => {
  it.each([
    ['2026-11-01', 'Asia/Seoul', '2026-10-31T15:00:00.000Z'],
    ['2026-11-01', 'UTC', '2026-11-01T00:00:00.000Z'],
    // Clocks change at 02:00 on these days: they begin before.
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z'],
    ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ])('%s in %s begins at %s', (day, zone, start) => {
    expect(dayStart(day, zone)).toBe(start);
  });

  it('are both in the period', () => {
    expect(spanOf({ from: '2026-11-27', to: '2026-11-27' }, 'Asia/Seoul')).toEqual({
      from: '2026-11-26T15:00:00.000Z',
      to: '2026-11-27T15:00:00.000Z',
    });
  });
});
