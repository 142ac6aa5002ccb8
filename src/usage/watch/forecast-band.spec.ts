import { PICO_PER_USD } from '../../common/money';
import { bandOf, dailyDeviation } from './forecast-band';
import { forecast, shapeOf } from './forecast';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.parse('2026-11-12T00:00:00Z');
const MONTH = { startMs: Date.parse('2026-11-01T00:00:00Z'), endMs: Date.parse('2026-12-01T00:00:00Z') };

/** Uniform numbers from 0 to 1, the same ones for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** Hours of so many days before a time; a day costs 100 dollars, half on Sundays, and varies by up to half. */
function hoursOf(days: number, endMs: number, next: () => number): Map<number, bigint> {
  const hours = new Map<number, bigint>();
  for (let day = 1; day <= days; day += 1) {
    const startMs = endMs - day * DAY_MS;
    const usual = new Date(startMs).getUTCDay() === 0 ? 50 : 100;
    const pusd = BigInt(Math.round(usual * (0.5 + next()) * 1e6)) * (PICO_PER_USD / 1_000_000n);
    for (let hour = 0; hour < 24; hour += 1) hours.set(startMs + hour * HOUR_MS, pusd / 24n);
  }
  return hours;
}

const sum = (hours: ReadonlyMap<number, bigint>, fromMs: number, toMs: number) =>
  [...hours].reduce((total, [hour, pusd]) => (hour >= fromMs && hour < toMs ? total + pusd : total), 0n);

describe('the band of a forecast', () => {
  it('has the end of about four months of five', () => {
    let within = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const hours = hoursOf(60, MONTH.endMs, numbers(seed));
      const known = new Map([...hours].filter(([hour]) => hour < NOW_MS && hour >= NOW_MS - 28 * DAY_MS));
      const spentPusd = sum(hours, MONTH.startMs, NOW_MS);
      const { band } = forecast(spentPusd, MONTH, NOW_MS, shapeOf(known, NOW_MS), dailyDeviation(known, NOW_MS));
      const endPusd = sum(hours, MONTH.startMs, MONTH.endMs);
      if (band && endPusd >= band.lowPusd && endPusd <= band.highPusd) within += 1;
    }
    expect(within).toBeGreaterThan(140);
    expect(within).toBeLessThan(185);
  });

  it('is not there with less than two weeks of spending', () => {
    expect(dailyDeviation(hoursOf(13, NOW_MS, numbers(1)), NOW_MS)).toBeUndefined();
    expect(dailyDeviation(new Map(), NOW_MS)).toBeUndefined();
    expect(forecast(100n, MONTH, NOW_MS, undefined)).toEqual({ pusd: 272n, basis: 'run_rate', band: undefined });
  });

  it('has no width where each week is like the other', () => {
    const hours = hoursOf(28, NOW_MS, () => 0.5);
    expect(dailyDeviation(hours, NOW_MS)).toBe(0n);
  });

  it('narrows as the window goes by, and never begins below what is spent', () => {
    const basis = { spentPusd: 1_000n, window: MONTH, deviationPusd: 100n };
    const widths = [2, 10, 20, 29].map((day) => {
      const { lowPusd, highPusd } = bandOf(1_400n, { ...basis, nowMs: MONTH.startMs + day * DAY_MS });
      expect(lowPusd).toBeGreaterThanOrEqual(1_000n);
      return highPusd - 1_400n;
    });
    expect(widths).toEqual([2_622n, 990n, 495n, 129n]);
  });
});
