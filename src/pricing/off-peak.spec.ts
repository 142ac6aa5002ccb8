import { atClock, readWindows } from './off-peak';
import { FREE, type Price } from './price';

const windows = readWindows({
  windows: [
    { hours_utc: ['00:00-01:00', '04:00-06:00', '10:00-00:00'], weekdays: ['1', '2', '3', '4', '5'] },
    { hours_utc: '00:00-00:00', weekdays: [6, 7] },
  ],
});
const price: Price = {
  ...FREE,
  inputPusd: 10n,
  outputPusd: 20n,
  offPeak: { windows, rates: { ...FREE, inputPusd: 5n, outputPusd: 10n } },
};
const at = (time: string, of = price) => {
  const { price: now, untilMs } = atClock(of, Date.parse(time));
  return [now.inputPusd, new Date(untilMs).toISOString().slice(0, 16)];
};

describe('a price by the clock', () => {
  it.each([
    // 27 November 2026 is a Friday.
    ['2026-11-27T00:59:59Z', 5n, '2026-11-27T01:00'],
    ['2026-11-27T01:00:00Z', 10n, '2026-11-27T04:00'],
    ['2026-11-27T06:00:00Z', 10n, '2026-11-27T10:00'],
    ['2026-11-27T23:59:59Z', 5n, '2026-11-28T00:00'],
    ['2026-11-28T12:00:00Z', 5n, '2026-11-29T00:00'],
    ['2026-11-29T23:00:00Z', 5n, '2026-11-30T00:00'],
    ['2026-11-30T02:00:00Z', 10n, '2026-11-30T04:00'],
  ])('at %s is %s until %s', (time, inputPusd, until) => {
    expect(at(time)).toEqual([inputPusd, until]);
  });

  it.each([
    ['2026-11-27T21:59:00Z', 10n, '2026-11-27T22:00'],
    ['2026-11-27T23:00:00Z', 5n, '2026-11-28T02:00'],
    ['2026-11-28T01:59:00Z', 5n, '2026-11-28T02:00'],
    // Saturday has no window of its own; Friday's ended at two.
    ['2026-11-28T02:00:00Z', 10n, '2026-12-04T22:00'],
  ])('with a window past midnight is at %s %s until %s', (time, inputPusd, until) => {
    const friday = readWindows({ windows: [{ hours_utc: '22:00-02:00', weekdays: [5] }] });
    expect(at(time, { ...price, offPeak: { ...price.offPeak!, windows: friday } })).toEqual([inputPusd, until]);
  });

  it.each([
    // Thursday and Friday in the week of the national day.
    ['2026-10-01T02:00:00Z', 5n, '2026-10-01T04:00'],
    ['2026-10-02T07:00:00Z', 5n, '2026-10-02T10:00'],
    ['2026-10-08T02:00:00Z', 10n, '2026-10-08T04:00'],
    ['2025-10-01T02:00:00Z', 10n, '2025-10-01T04:00'],
  ])('on dates of its own at %s is %s until %s', (time, inputPusd, until) => {
    const holidays = readWindows({ windows: [{ hours_utc: '00:00-00:00', dates: ['2026-10-01', '2026-10-02'] }] });
    const offPeak = { ...price.offPeak!, windows: [...windows, ...holidays] };
    expect(at(time, { ...price, offPeak })).toEqual([inputPusd, until]);
  });

  it('has windows without weekdays on every day', () => {
    const daily = readWindows({ windows: [{ hours_utc: '00:00-06:00' }] });
    expect(at('2026-11-29T05:00:00Z', { ...price, offPeak: { ...price.offPeak!, windows: daily } })).toEqual([
      5n,
      '2026-11-29T06:00',
    ]);
  });

  it('is the price itself for a vendor without quiet hours', () => {
    const plain = { ...price, offPeak: undefined };
    expect(atClock(plain, 0)).toEqual({ price: plain, untilMs: Infinity });
  });
});
