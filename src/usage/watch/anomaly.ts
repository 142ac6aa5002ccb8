import type { PicoUsd } from '../../common/money';
import type { HourlySpend } from './forecast';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const WEEKS = 4;
const LEAST_TO_COMPARE = 2;
/** Three standard deviations: that of a normal distribution is 1.4826 times its median absolute deviation. */
const DEVIATIONS = 4.4478;
const MILLIONTHS = 1_000_000;

export interface AnomalyRule {
  /** How many times the usual spending an anomaly must reach. */
  factor: number;
  /** The least spending of an anomaly. */
  floorPusd: PicoUsd;
}

/** The hours that {@link anomaly} compares, in ms since 1970: the hour itself and the same hour of each of the 28 days before. */
export function hoursToCompare(hourMs: number): number[] {
  return Array.from({ length: WEEKS * 7 + 1 }, (_, days) => hourMs - days * DAY_MS);
}

/**
 * Decides whether the spending of an hour is an anomaly: much more than in the same hour of the four weeks before, or of
 * the days before if there are not yet two weeks of history.
 *
 * @param sinceMs start of the history; later hours that are missing in it cost nothing
 * @returns the usual spending if the hour is an anomaly; undefined if it is not, or if the history is too short
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
