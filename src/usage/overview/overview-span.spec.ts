import { comparedSpan, overviewSpan } from './overview-span';

const SEOUL = 'Asia/Seoul';
const span = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });
const compared = (from: string, to: string, now: string, timezone = SEOUL) => {
  const before = comparedSpan(span(from, to), Date.parse(now), timezone);
  return [before.from.toISOString(), before.to.toISOString()];
};

describe('the span of an overview', () => {
  it('is the running month of the time zone, up to the end of today', () => {
    const nowMs = Date.parse('2026-10-31T15:30:00Z');
    expect(overviewSpan({}, nowMs, SEOUL)).toEqual(span('2026-10-31T15:00:00Z', '2026-11-01T15:00:00Z'));
    expect(overviewSpan({}, nowMs, 'UTC')).toEqual(span('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'));
    expect(overviewSpan({ to: { day: '2026-09-30' } }, nowMs, SEOUL)).toEqual(
      span('2026-08-31T15:00:00Z', '2026-09-30T15:00:00Z'),
    );
  });

  it('of a running month is compared with the month before up to the same hour', () => {
    expect(compared('2026-10-31T15:00:00Z', '2026-11-27T15:00:00Z', '2026-11-27T03:20:00Z')).toEqual([
      '2026-09-30T15:00:00.000Z',
      '2026-10-27T04:00:00.000Z',
    ]);
  });

  it('is not compared with more than the shorter month before', () => {
    expect(compared('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', '2026-03-31T12:00:00Z', 'UTC')).toEqual([
      '2026-02-01T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
    ]);
  });

  it('of months that are over is compared with as many whole months', () => {
    expect(compared('2026-10-31T15:00:00Z', '2026-11-30T15:00:00Z', '2026-12-27T00:00:00Z')).toEqual([
      '2026-09-30T15:00:00.000Z',
      '2026-10-31T15:00:00.000Z',
    ]);
    expect(compared('2026-04-01T00:00:00Z', '2026-07-01T00:00:00Z', '2026-12-27T00:00:00Z', 'UTC')).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-04-01T00:00:00.000Z',
    ]);
  });

  it('of a part of a month that is over is compared with the same days', () => {
    expect(compared('2026-11-01T00:00:00Z', '2026-11-11T00:00:00Z', '2026-12-27T00:00:00Z', 'UTC')).toEqual([
      '2026-10-01T00:00:00.000Z',
      '2026-10-11T00:00:00.000Z',
    ]);
  });

  it('of other days is compared with as many before', () => {
    expect(compared('2026-11-20T00:00:00Z', '2026-11-27T00:00:00Z', '2026-12-27T00:00:00Z', 'UTC')).toEqual([
      '2026-11-13T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
    ]);
    expect(compared('2026-11-20T00:00:00Z', '2026-11-27T00:00:00Z', '2026-11-25T22:10:00Z', 'UTC')).toEqual([
      '2026-11-13T00:00:00.000Z',
      '2026-11-18T23:00:00.000Z',
    ]);
  });

  it('that is still to come is compared with nothing', () => {
    expect(compared('2026-12-01T00:00:00Z', '2026-12-11T00:00:00Z', '2026-11-25T00:00:00Z', 'UTC')).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-01T00:00:00.000Z',
    ]);
  });
});
