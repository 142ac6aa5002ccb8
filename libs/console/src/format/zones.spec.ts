import { dayEnd, dayStart } from './day-start';

describe('where a day begins', () => {
  it.each([
    ['2026-11-27', 'Asia/Seoul', '2026-11-27T00:00:00+09:00', '2026-11-28T00:00:00+09:00'],
    ['2026-11-27', 'UTC', '2026-11-27T00:00:00+00:00', '2026-11-28T00:00:00+00:00'],
    ['2026-11-01', 'America/New_York', '2026-11-01T00:00:00-04:00', '2026-11-02T00:00:00-05:00'],
    ['2026-03-08', 'America/New_York', '2026-03-08T00:00:00-05:00', '2026-03-09T00:00:00-04:00'],
    ['2026-02-28', 'Asia/Kolkata', '2026-02-28T00:00:00+05:30', '2026-03-01T00:00:00+05:30'],
  ])('%s in %s', (day, zone, start, end) => {
    expect([dayStart(day, zone), dayEnd(day, zone)]).toEqual([start, end]);
  });
});
