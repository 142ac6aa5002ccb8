import type { PicoUsd } from '../../common/money';
import { bandOf, type ForecastBand } from './forecast-band';

const HOUR_MS = 3_600_000;
const HOURS_A_WEEK = 168;
export const WEEK_MS = HOURS_A_WEEK * HOUR_MS;
/** Hours are weighted in millionths, so that money stays an integer. */
const MILLION = 1_000_000n;
/** The longest history of a shape, in weeks. */
export const WEEKS_LOOKED_AT = 4;
/**
 * A forecast adds at most this many times the plain run rate. Without the limit, a dollar spent in hours that were almost
 * free in earlier weeks would give an extreme forecast.
 */
const MAX_RUN_RATES = 10n;

/** The spending of each hour, by the hour's start in milliseconds since 1970. Hours without spending may be missing. */
export type HourlySpend = ReadonlyMap<number, PicoUsd>;

/** The relative spending of each hour of the week. The first hour is Thursday 00:00 UTC, the first hour of 1970. */
export type WeekShape = readonly bigint[];

/** A forecast and its basis: the shape of earlier weeks, or the run rate alone. */
export interface Forecast {
  pusd: PicoUsd;
  basis: 'weekday_hours' | 'run_rate';
  /** Where the spending ends in about four windows of five; undefined if the history is too short. */
  band: ForecastBand | undefined;
}

/**
 * Forecasts the spending of a window: the spending so far, plus the remaining time at the run rate of the elapsed time,
 * weighted by the spending of those hours of the week in earlier weeks.
 *
 * @param shape undefined if the history is too short; then every hour has the same weight
 * @param deviationPusd how far the spending of a day lies from the usual one of its weekday; undefined if not known
 */
export function forecast(
  spentPusd: PicoUsd,
  window: { startMs: number; endMs: number },
  nowMs: number,
  shape: WeekShape | undefined,
  deviationPusd?: PicoUsd,
): Forecast {
  const basis = shape ? 'weekday_hours' : 'run_rate';
  if (nowMs >= window.endMs || nowMs <= window.startMs || spentPusd <= 0n)
    return { pusd: spentPusd, basis, band: undefined };
  const found = expected(spentPusd, window, nowMs, shape);
  return {
    ...found,
    band: deviationPusd === undefined ? undefined : bandOf(found.pusd, { spentPusd, window, nowMs, deviationPusd }),
  };
}

function expected(
  spentPusd: PicoUsd,
  window: { startMs: number; endMs: number },
  nowMs: number,
  shape: WeekShape | undefined,
): Pick<Forecast, 'pusd' | 'basis'> {
  const runRatePusd = restPusd(spentPusd, window, nowMs, undefined) ?? 0n;
  const shapedPusd = shape && restPusd(spentPusd, window, nowMs, shape);
  // Earlier weeks have no spending in the elapsed hours of the week, so only the run rate is left.
  if (shapedPusd === undefined) return { pusd: spentPusd + runRatePusd, basis: 'run_rate' };
  const maxPusd = runRatePusd * MAX_RUN_RATES;
  return { pusd: spentPusd + (shapedPusd < maxPusd ? shapedPusd : maxPusd), basis: 'weekday_hours' };
}

/**
 * The relative spending of each hour of the week, over whole weeks before `nowMs`, so that each hour counts equally often.
 *
 * @returns undefined if there is less than a week of history, or no spending in it
 */
export function shapeOf(history: HourlySpend, nowMs: number): WeekShape | undefined {
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const oldestMs = [...history.keys()].reduce((oldest, hour) => Math.min(oldest, hour), endMs);
  const weeks = Math.min(WEEKS_LOOKED_AT, Math.floor((endMs - oldestMs) / WEEK_MS));
  const shape = Array.from({ length: HOURS_A_WEEK }, () => 0n);
  for (const [hour, spentPusd] of history) {
    if (hour >= endMs || hour < endMs - weeks * WEEK_MS) continue;
    const index = hourOfWeek(hour);
    shape[index] = (shape[index] ?? 0n) + spentPusd;
  }
  // Corrections to lower prices can make the spending of an hour negative.
  const whole = shape.map((spentPusd) => (spentPusd > 0n ? spentPusd : 0n));
  return whole.some((spentPusd) => spentPusd > 0n) ? whole : undefined;
}

/** The spending of the remaining time, projected from the elapsed time. @returns undefined if the elapsed time has no weight */
function restPusd(
  spentPusd: PicoUsd,
  { startMs, endMs }: { startMs: number; endMs: number },
  nowMs: number,
  shape: WeekShape | undefined,
): PicoUsd | undefined {
  const over = weight(shape, startMs, nowMs);
  return over === 0n ? undefined : (spentPusd * weight(shape, nowMs, endMs)) / over;
}

/** The weight of a span; a part of an hour has that part of its weight. */
function weight(shape: WeekShape | undefined, fromMs: number, toMs: number): bigint {
  let sum = 0n;
  for (let hour = Math.floor(fromMs / HOUR_MS) * HOUR_MS; hour < toMs; hour += HOUR_MS) {
    const part = Math.min(toMs, hour + HOUR_MS) - Math.max(fromMs, hour);
    const millionths = (BigInt(Math.round(part)) * MILLION) / BigInt(HOUR_MS);
    sum += millionths * (shape ? (shape[hourOfWeek(hour)] ?? 0n) : 1n);
  }
  return sum;
}

function hourOfWeek(hourMs: number): number {
  return Math.floor(hourMs / HOUR_MS) % HOURS_A_WEEK;
}
