import fc from 'fast-check';
import { anomaly } from './anomaly';
import { forecast } from './forecast';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const START = Date.UTC(2026, 10, 2);
const DOLLAR = 1_000_000_000_000n;

/** Hours from `from` to `to`, each costing what the rule says. */
const hours = (from: number, to: number, cost: (hour: number) => bigint) =>
  new Map(Array.from({ length: (to - from) / HOUR }, (_, index) => [from + index * HOUR, cost(from + index * HOUR)]));

describe('the forecast of a window', () => {
  const window = { startMs: START, endMs: START + WEEK };

  it('of steady spending is steady', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 167 }), fc.bigInt({ min: 1n, max: 10n ** 14n }), (hour, cost) => {
        const history = hours(START - 4 * WEEK, START + hour * HOUR, () => cost);
        const spent = cost * BigInt(hour);
        expect(forecast(spent, window, START + hour * HOUR, history)).toBe(cost * 168n);
        expect(forecast(spent, window, START + hour * HOUR, new Map())).toBe(
          spent + (spent * BigInt(168 - hour)) / BigInt(hour),
        );
      }),
    );
  });

  it('knows quiet weekends', () => {
    const weekday = (hour: number) => (new Date(hour).getUTCDay() % 6 === 0 ? 0n : DOLLAR);
    const history = hours(START - 4 * WEEK, START + 120 * HOUR, weekday);
    expect(forecast(120n * DOLLAR, window, START + 120 * HOUR, history)).toBe(120n * DOLLAR);
    expect(forecast(48n * DOLLAR, window, START + 48 * HOUR, history)).toBe(120n * DOLLAR);
  });

  it('is never less than what is spent, and grows with it', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: WEEK + HOUR }), (spent, past) => {
        const history = hours(START - 2 * WEEK, START, (hour) => BigInt(hour % 7));
        const now = START + past;
        const one = forecast(spent, window, now, history);
        expect(one >= spent).toBe(true);
        expect(forecast(spent + 1n, window, now, history) >= one).toBe(true);
      }),
      { examples: [[0n, 1]] },
    );
  });

  it('of a window that is over is what was spent', () => {
    expect(forecast(5n, window, window.endMs, new Map())).toBe(5n);
  });
});

describe('an anomaly of spending', () => {
  const RULE = { factor: 3, floorPusd: DOLLAR };
  const NOW = START + 13 * HOUR;

  it('is not the same as ever, whatever that is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 16n }), (cost) => {
        expect(
          anomaly(
            NOW,
            hours(START - 4 * WEEK, NOW + HOUR, () => cost),
            RULE,
          ),
        ).toBeUndefined();
      }),
    );
  });

  it('is ten times the same hour of other weeks', () => {
    const history = hours(START - 4 * WEEK, NOW + HOUR, () => DOLLAR).set(NOW, 10n * DOLLAR);
    expect(anomaly(NOW, history, RULE)).toBe(DOLLAR);
    // The same, every week at this hour, is usual.
    for (let week = 1; week <= 4; week += 1) history.set(NOW - week * WEEK, 10n * DOLLAR);
    expect(anomaly(NOW, history, RULE)).toBeUndefined();
  });

  it('is not small change, and not what nothing can be compared with', () => {
    const cents = hours(START - 4 * WEEK, NOW + HOUR, () => 1n).set(NOW, DOLLAR - 1n);
    expect(anomaly(NOW, cents, RULE)).toBeUndefined();
    expect(anomaly(NOW, new Map([[NOW, 100n * DOLLAR]]), RULE)).toBeUndefined();
  });

  it('is looked for in the days before where there are no weeks', () => {
    const history = hours(NOW - 72 * HOUR, NOW + HOUR, () => DOLLAR).set(NOW, 10n * DOLLAR);
    expect(anomaly(NOW, history, RULE)).toBe(DOLLAR);
  });
});
