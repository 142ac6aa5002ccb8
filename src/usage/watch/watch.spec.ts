import fc from 'fast-check';
import { anomaly, hoursToCompare } from './anomaly';
import { forecast, shapeOf } from './forecast';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const START = Date.UTC(2026, 10, 2);
const DOLLAR = 1_000_000_000_000n;

/** Spending of the hours from `from` to `to`, by `cost`. */
const hours = (from: number, to: number, cost: (hour: number) => bigint) =>
  new Map(Array.from({ length: (to - from) / HOUR }, (_, index) => [from + index * HOUR, cost(from + index * HOUR)]));

const dollars = fc.bigInt({ min: 1n, max: 10n ** 15n });

describe('the forecast of a window', () => {
  const window = { startMs: START, endMs: START + WEEK };

  it('is steady for steady spending, however long the history is', () => {
    const past = fc.integer({ min: 1, max: 167 });
    fc.assert(
      fc.property(past, dollars, fc.nat(4 * 168), (hour, cost, before) => {
        const now = START + hour * HOUR;
        const shape = shapeOf(
          hours(START - before * HOUR, now, () => cost),
          now,
        );
        const spent = cost * BigInt(hour);
        const basis = before + hour >= 168 ? 'weekday_hours' : 'run_rate';
        const { pusd, basis: actual } = forecast(spent, window, now, shape);
        expect([pusd, actual]).toEqual([cost * 168n, basis]);
      }),
    );
  });

  it('weights quiet weekends', () => {
    const weekday = (hour: number) => (new Date(hour).getUTCDay() % 6 === 0 ? 0n : DOLLAR);
    const at = (hour: number) => {
      const now = START + hour * HOUR;
      return forecast(BigInt(hour) * DOLLAR, window, now, shapeOf(hours(START - 4 * WEEK, now, weekday), now));
    };
    expect(at(120)).toEqual({ pusd: 120n * DOLLAR, basis: 'weekday_hours' });
    expect(at(48)).toEqual({ pusd: 120n * DOLLAR, basis: 'weekday_hours' });
  });

  it('is never less than the spending so far, and grows with it', () => {
    const shape = shapeOf(
      hours(START - 2 * WEEK, START, (hour) => BigInt((hour / HOUR) % 7)),
      START,
    );
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        fc.nat(WEEK + HOUR),
        fc.constantFrom(shape, undefined),
        (spent, past, known) => {
          const one = forecast(spent, window, START + past, known).pusd;
          expect(one >= spent).toBe(true);
          expect(forecast(spent + 1n, window, START + past, known).pusd >= one).toBe(true);
        },
      ),
      { examples: [[1n, 1, undefined]] },
    );
  });

  it('is the same in cents as in dollars', () => {
    const past = fc.integer({ min: 1, max: 167 });
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 24, maxLength: 24 }), past, dollars, (day, hour, times) => {
        const now = START + hour * HOUR;
        const rule = (at: number) => BigInt(day[(at / HOUR) % 24] ?? 0);
        const shape = shapeOf(hours(START - WEEK, now, rule), now);
        const larger = shapeOf(
          hours(START - WEEK, now, (at) => rule(at) * times),
          now,
        );
        const spent = 10n ** 9n;
        const { pusd, basis } = forecast(spent, window, now, shape);
        const scaled = forecast(spent * times, window, now, larger);
        expect(scaled.basis).toBe(basis);
        // Rounding to whole pico-dollars loses less than one of the smaller unit.
        const lost = scaled.pusd - pusd * times;
        expect(lost >= 0n && lost < times * 10n).toBe(true);
      }),
    );
  });

  it('limits the effect of the first dollar in hours without earlier spending', () => {
    const day = { startMs: START, endMs: START + 24 * HOUR };
    const now = START + 3 * HOUR;
    const almostFree = hours(START - 4 * WEEK, START, (hour) => (new Date(hour).getUTCHours() < 3 ? 1n : DOLLAR));
    expect(forecast(DOLLAR, day, now, shapeOf(almostFree, now)).pusd).toBe(71n * DOLLAR);
    const free = hours(START - 4 * WEEK, START, (hour) => (new Date(hour).getUTCHours() < 3 ? 0n : DOLLAR));
    expect(forecast(DOLLAR, day, now, shapeOf(free, now))).toEqual({ pusd: 8n * DOLLAR, basis: 'run_rate' });
  });

  it('is the spending so far for a window that is over, has not begun, or has just begun', () => {
    for (const now of [window.endMs, window.startMs, window.startMs + 1])
      expect(forecast(5n, window, now, undefined).pusd).toBe(5n);
  });
});

describe('a spending anomaly', () => {
  const RULE = { factor: 3, floorPusd: DOLLAR };
  const NOW = START + 13 * HOUR;
  const steady = (from: number, cost = DOLLAR) => hours(from, NOW + HOUR, () => cost);

  it('is not raised for an hour that costs the same every week', () => {
    const cost = fc.bigInt({ min: 0n, max: 10n ** 16n });
    fc.assert(
      fc.property(fc.array(cost, { minLength: 168, maxLength: 168 }), (week) => {
        const history = hours(START - 4 * WEEK, NOW + HOUR, (hour) => week[(hour / HOUR) % 168] ?? 0n);
        expect(anomaly(NOW, history, START - 4 * WEEK, RULE)).toBeUndefined();
      }),
    );
  });

  it('is raised for ten times the same hour of other weeks', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: DOLLAR / 10n, max: 10n ** 16n }), fc.integer({ min: 2, max: 9 }), (cost, weeks) => {
        const since = NOW - weeks * WEEK;
        expect(anomaly(NOW, steady(since, cost).set(NOW, 10n * cost), since, RULE)).toBe(cost);
      }),
    );
  });

  it('is not raised for a peak that recurs every week', () => {
    const history = steady(START - 4 * WEEK).set(NOW, 10n * DOLLAR);
    for (let week = 1; week <= 4; week += 1) history.set(NOW - week * WEEK, 10n * DOLLAR);
    expect(anomaly(NOW, history, START - 4 * WEEK, RULE)).toBeUndefined();
  });

  it('is not raised below the floor, nor without a history', () => {
    expect(anomaly(NOW, steady(START - WEEK, 1n).set(NOW, DOLLAR - 1n), START - WEEK, RULE)).toBeUndefined();
    expect(anomaly(NOW, new Map([[NOW, 100n * DOLLAR]]), NOW, RULE)).toBeUndefined();
    // A long history without spending in this hour.
    expect(anomaly(NOW, new Map([[NOW, 100n * DOLLAR]]), NOW - 4 * WEEK, RULE)).toBe(0n);
  });

  it('is compared with the days before if the history has no weeks', () => {
    const since = NOW - 72 * HOUR;
    expect(anomaly(NOW, steady(since).set(NOW, 10n * DOLLAR), since, RULE)).toBe(DOLLAR);
    expect(anomaly(NOW, steady(since).set(NOW, 2n * DOLLAR), since, RULE)).toBeUndefined();
  });

  it('reads only the hours of hoursToCompare', () => {
    const history = steady(START - 4 * WEEK).set(NOW, 10n * DOLLAR);
    const compared = new Set(hoursToCompare(NOW));
    const only = new Map([...history].filter(([hour]) => compared.has(hour)));
    expect(anomaly(NOW, only, START - 4 * WEEK, RULE)).toBe(anomaly(NOW, history, START - 4 * WEEK, RULE));
  });
});
