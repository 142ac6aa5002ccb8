import type { PicoUsd } from '../../common/money';

const HOUR_MS = 3_600_000;
const HOURS_A_WEEK = 168;
export const WEEK_MS = HOURS_A_WEEK * HOUR_MS;
/** Shares are counted in millionths, so that money stays whole. */
const MILLION = 1_000_000n;
/** How many weeks a shape looks back at most. */
export const WEEKS_LOOKED_AT = 4;
/**
 * A forecast is this many times the plain run rate at most. Hours that were almost free in the weeks before would make a
 * fortune of the first dollar that is spent at them.
 */
const MOST_RUN_RATES = 10n;

/** What was spent in each hour, by the hour's start in milliseconds since 1970. Hours without spending may be missing. */
export type HourlySpend = ReadonlyMap<number, PicoUsd>;

/** How much each hour of the week costs beside the others, from Thursday, 00:00 UTC on, the first hour of 1970. */
export type WeekShape = readonly bigint[];

/** What will be spent, and by what it is told: by the shape of the weeks before, or by the run rate alone. */
export interface Forecast {
  pusd: PicoUsd;
  basis: 'weekday_hours' | 'run_rate';
}

/**
 * What will be spent by the end of a window: what is spent, and for the time that is left the run rate of the time that is
 * over, weighted by how much those hours of the week cost in the weeks before.
 *
 * @param shape undefined where too little is known; every hour counts the same then
 */
export function forecast(
  spentPusd: PicoUsd,
  window: { startMs: number; endMs: number },
  nowMs: number,
  shape: WeekShape | undefined,
): Forecast {
  const basis = shape ? 'weekday_hours' : 'run_rate';
  if (nowMs >= window.endMs || nowMs <= window.startMs || spentPusd <= 0n) return { pusd: spentPusd, basis };
  const runRatePusd = restPusd(spentPusd, window, nowMs, undefined) ?? 0n;
  const shapedPusd = shape && restPusd(spentPusd, window, nowMs, shape);
  // Nothing was ever spent at hours like those that are over: only time itself can be counted.
  if (shapedPusd === undefined) return { pusd: spentPusd + runRatePusd, basis: 'run_rate' };
  const mostPusd = runRatePusd * MOST_RUN_RATES;
  return { pusd: spentPusd + (shapedPusd < mostPusd ? shapedPusd : mostPusd), basis };
}

/**
 * How much each hour of the week costs beside the others, over the whole weeks before `nowMs`, so that each hour was seen
 * as often as the others.
 *
 * @returns undefined where there is not one week of history, or nothing was spent in it
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
  // A price that was corrected downwards can leave less than nothing in an hour.
  const whole = shape.map((spentPusd) => (spentPusd > 0n ? spentPusd : 0n));
  return whole.some((spentPusd) => spentPusd > 0n) ? whole : undefined;
}

/** What the time that is left costs, by the time that is over. @returns undefined where the shape knows nothing of the latter */
function restPusd(
  spentPusd: PicoUsd,
  { startMs, endMs }: { startMs: number; endMs: number },
  nowMs: number,
  shape: WeekShape | undefined,
): PicoUsd | undefined {
  const over = weight(shape, startMs, nowMs);
  return over === 0n ? undefined : (spentPusd * weight(shape, nowMs, endMs)) / over;
}

/** The weight of a span: parts of hours count as their part. */
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
