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
const at = (time: string) => {
  const { price: now, untilMs } = atClock(price, Date.parse(time));
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

  it('is the price itself for a vendor without quiet hours', () => {
    const plain = { ...price, offPeak: undefined };
    expect(atClock(plain, 0)).toEqual({ price: plain, untilMs: Infinity });
  });
});
