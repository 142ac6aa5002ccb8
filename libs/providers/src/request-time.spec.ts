import { secondsOf } from './request-time';

describe('secondsOf', () => {
  it('reads the time of a ULID', () => {
    // The example of the specification, whose time is 1469918176385 ms.
    expect(secondsOf('01ARYZ6S41TSV4RRFFQ69G5FAV')).toBe(1_469_918_176);
  });

  it.each(['', 'req-1', '81ARYZ6S41TSV4RRFFQ69G5FAV', '01ARYZ6S41TSV4RRFFQ69G5FAI'])('has no time for %j', (id) =>
    expect(secondsOf(id)).toBe(0),
  );
});
