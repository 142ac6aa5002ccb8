import type { PicoUsd } from '../../common/money';
import type { HourlySpend } from './forecast';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const WEEKS = 4;
const LEAST_TO_COMPARE = 2;
/** The median of absolute deviations of a normal spread, times 1.4826, is its standard deviation; three of them are allowed. */
const DEVIATIONS = 4.4478;
const MILLIONTHS = 1_000_000;

export interface AnomalyRule {
  /** How many times the usual an hour must cost. */
  factor: number;
  /** And how much at least. */
  floorPusd: PicoUsd;
}

/** The hours that {@link anomaly} looks at: the hour itself and the same one of each of the 28 days before. */
export function hoursToCompare(hourMs: number): number[] {
  return Array.from({ length: WEEKS * 7 + 1 }, (_, days) => hourMs - days * DAY_MS);
}

/**
 * Whether an hour cost much more than usual: than the same hour of the four weeks before, or of the days before where there
 * are no two weeks of history yet.
 *
 * @param sinceMs since when something is known; an hour after that which is missing in the history cost nothing
 * @returns what is usual, where the hour is not; undefined otherwise, and where too little is known
 */
export function anomaly(
  hourMs: number,
  history: HourlySpend,
  sinceMs: number,
  { factor, floorPusd }: AnomalyRule,
): PicoUsd | undefined {
  const spentPusd = history.get(hourMs) ?? 0n;
  if (spentPusd < floorPusd) return undefined;
  const earlier = hoursToCompare(hourMs).slice(1);
  const known = earlier.filter((hour) => hour >= sinceMs);
  const weekly = known.filter((hour) => (hourMs - hour) % WEEK_MS === 0);
  const compared = (weekly.length >= LEAST_TO_COMPARE ? weekly : known).map((hour) => history.get(hour) ?? 0n);
  if (compared.length < LEAST_TO_COMPARE) return undefined;
  const usualPusd = median(compared);
  const deviation = median(compared.map((each) => (each > usualPusd ? each - usualPusd : usualPusd - each)));
  const allowed = usualPusd + times(deviation, DEVIATIONS);
  return spentPusd > allowed && spentPusd > times(usualPusd, factor) ? usualPusd : undefined;
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
