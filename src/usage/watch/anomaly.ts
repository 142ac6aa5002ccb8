import type { PicoUsd } from '../../common/money';
import type { HourlySpend } from './forecast';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const WEEKS = 4;
const LEAST_WEEKS = 2;
/** The median of absolute deviations of a normal spread, times this, is its standard deviation; three of them are allowed. */
const DEVIATIONS = 4.4478;
const MILLIONTHS = 1_000_000;

export interface AnomalyRule {
  /** How many times the usual an hour must cost. */
  factor: number;
  /** And how much at least. */
  floorPusd: PicoUsd;
}

/**
 * Whether an hour cost much more than usual: than the same hour of the four weeks before, or of the days before where there
 * are no two weeks of history yet.
 *
 * @returns what is usual, where the hour is not; undefined otherwise, and where too little is known
 */
export function anomaly(hourMs: number, history: HourlySpend, { factor, floorPusd }: AnomalyRule): PicoUsd | undefined {
  const spentPusd = history.get(hourMs) ?? 0n;
  if (spentPusd < floorPusd) return undefined;
  const oldest = Math.min(hourMs, ...history.keys());
  const weekly = earlier(hourMs, WEEK_MS, oldest, history).slice(0, WEEKS);
  const compared = weekly.length >= LEAST_WEEKS ? weekly : earlier(hourMs, DAY_MS, oldest, history);
  if (compared.length < LEAST_WEEKS) return undefined;
  const usualPusd = median(compared);
  const deviation = median(compared.map((each) => (each > usualPusd ? each - usualPusd : usualPusd - each)));
  const allowed = usualPusd + times(deviation, DEVIATIONS);
  return spentPusd > allowed && spentPusd > times(usualPusd, factor) ? usualPusd : undefined;
}

/** What the hours one step, two steps, … before cost, as far back as anything is known. */
function earlier(hourMs: number, stepMs: number, oldestMs: number, history: HourlySpend): PicoUsd[] {
  const found: PicoUsd[] = [];
  for (let hour = hourMs - stepMs; hour >= oldestMs; hour -= stepMs) found.push(history.get(hour) ?? 0n);
  return found;
}

function median(values: PicoUsd[]): PicoUsd {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0n;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0n) + upper) / 2n;
}

function times(pusd: PicoUsd, factor: number): PicoUsd {
  return (pusd * BigInt(Math.round(factor * MILLIONTHS))) / BigInt(MILLIONTHS);
}
