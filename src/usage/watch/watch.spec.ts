import fc from 'fast-check';
import { anomaly, hoursToCompare } from './anomaly';
import { forecast, shapeOf } from './forecast';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const START = Date.UTC(2026, 10, 2);
const DOLLAR = 1_000_000_000_000n;

/** Hours from `from` to `to`, each costing what the rule says. */
const hours = (from: number, to: number, cost: (hour: number) => bigint) =>
  new Map(Array.from({ length: (to - from) / HOUR }, (_, index) => [from + index * HOUR, cost(from + index * HOUR)]));

const dollars = fc.bigInt({ min: 1n, max: 10n ** 15n });

describe('the forecast of a window', () => {
  const window = { startMs: START, endMs: START + WEEK };

  it('of steady spending is steady, however long the history is', () => {
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
        const { pusd, basis: told } = forecast(spent, window, now, shape);
        expect([pusd, told]).toEqual([cost * 168n, basis]);
      }),
    );
  });

  it('knows quiet weekends', () => {
    const weekday = (hour: number) => (new Date(hour).getUTCDay() % 6 === 0 ? 0n : DOLLAR);
    const at = (hour: number) => {
      const now = START + hour * HOUR;
      return forecast(BigInt(hour) * DOLLAR, window, now, shapeOf(hours(START - 4 * WEEK, now, weekday), now));
    };
    expect(at(120)).toEqual({ pusd: 120n * DOLLAR, basis: 'weekday_hours' });
    expect(at(48)).toEqual({ pusd: 120n * DOLLAR, basis: 'weekday_hours' });
  });

  it('is never less than what is spent, and grows with it', () => {
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
        // What is lost by whole pico-dollars is less than one of the smaller unit.
        const lost = scaled.pusd - pusd * times;
        expect(lost >= 0n && lost < times * 10n).toBe(true);
      }),
    );
  });

  it('makes no fortune of the first dollar at hours that cost nothing before', () => {
    const day = { startMs: START, endMs: START + 24 * HOUR };
    const now = START + 3 * HOUR;
    const almostFree = hours(START - 4 * WEEK, START, (hour) => (new Date(hour).getUTCHours() < 3 ? 1n : DOLLAR));
    expect(forecast(DOLLAR, day, now, shapeOf(almostFree, now)).pusd).toBe(71n * DOLLAR);
    const free = hours(START - 4 * WEEK, START, (hour) => (new Date(hour).getUTCHours() < 3 ? 0n : DOLLAR));
    expect(forecast(DOLLAR, day, now, shapeOf(free, now))).toEqual({ pusd: 8n * DOLLAR, basis: 'run_rate' });
  });

  it('of a window that is over, has not begun, or has just begun is what was spent', () => {
    for (const now of [window.endMs, window.startMs, window.startMs + 1])
      expect(forecast(5n, window, now, undefined).pusd).toBe(5n);
  });
});

describe('an anomaly of spending', () => {
  const RULE = { factor: 3, floorPusd: DOLLAR };
  const NOW = START + 13 * HOUR;
  const steady = (from: number, cost = DOLLAR) => hours(from, NOW + HOUR, () => cost);

  it('is not the same as ever, whatever that is', () => {
    const cost = fc.bigInt({ min: 0n, max: 10n ** 16n });
    fc.assert(
      fc.property(fc.array(cost, { minLength: 168, maxLength: 168 }), (week) => {
        const history = hours(START - 4 * WEEK, NOW + HOUR, (hour) => week[(hour / HOUR) % 168] ?? 0n);
        expect(anomaly(NOW, history, START - 4 * WEEK, RULE)).toBeUndefined();
      }),
    );
  });

  it('is ten times the same hour of other weeks', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: DOLLAR / 10n, max: 10n ** 16n }), fc.integer({ min: 2, max: 9 }), (cost, weeks) => {
        const since = NOW - weeks * WEEK;
        expect(anomaly(NOW, steady(since, cost).set(NOW, 10n * cost), since, RULE)).toBe(cost);
      }),
    );
  });

  it('is not what happens every week at this hour', () => {
    const history = steady(START - 4 * WEEK).set(NOW, 10n * DOLLAR);
    for (let week = 1; week <= 4; week += 1) history.set(NOW - week * WEEK, 10n * DOLLAR);
    expect(anomaly(NOW, history, START - 4 * WEEK, RULE)).toBeUndefined();
  });

  it('is not small change, and not what nothing can be compared with', () => {
    expect(anomaly(NOW, steady(START - WEEK, 1n).set(NOW, DOLLAR - 1n), START - WEEK, RULE)).toBeUndefined();
    expect(anomaly(NOW, new Map([[NOW, 100n * DOLLAR]]), NOW, RULE)).toBeUndefined();
    // Known for long, and never spent anything at this hour.
    expect(anomaly(NOW, new Map([[NOW, 100n * DOLLAR]]), NOW - 4 * WEEK, RULE)).toBe(0n);
  });

  it('is looked for in the days before where there are no weeks', () => {
    const since = NOW - 72 * HOUR;
    expect(anomaly(NOW, steady(since).set(NOW, 10n * DOLLAR), since, RULE)).toBe(DOLLAR);
    expect(anomaly(NOW, steady(since).set(NOW, 2n * DOLLAR), since, RULE)).toBeUndefined();
  });

  it('needs no other hours than it asks for', () => {
    const history = steady(START - 4 * WEEK).set(NOW, 10n * DOLLAR);
    const asked = new Set(hoursToCompare(NOW));
    const only = new Map([...history].filter(([hour]) => asked.has(hour)));
    expect(anomaly(NOW, only, START - 4 * WEEK, RULE)).toBe(anomaly(NOW, history, START - 4 * WEEK, RULE));
  });
});
