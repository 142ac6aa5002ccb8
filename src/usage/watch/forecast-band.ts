import type { PicoUsd } from '../../common/money';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS_A_WEEK = 7;
const HOURS_A_WEEK = 168;
/** With one week, a weekday has nothing to be compared with. */
const LEAST_WEEKS = 2;
const MOST_WEEKS = 4;
/** Four values of five of a normal distribution lie within so many hundredths of its deviation. */
const HUNDREDTHS = 128n;

/** A low and a high end of a forecast. */
export interface ForecastBand {
  lowPusd: PicoUsd;
  highPusd: PicoUsd;
}

/** What a band is made from. */
interface Basis {
  spentPusd: PicoUsd;
  window: { startMs: number; endMs: number };
  nowMs: number;
  deviationPusd: PicoUsd;
}

/**
 * How far the spending of a day usually lies from the mean of its weekday: the standard deviation over two to four whole weeks
 * before the current hour.
 *
 * @param history the spending of each hour, by its start in milliseconds since 1970
 * @returns undefined if there are less than two weeks
 */
export function dailyDeviation(history: ReadonlyMap<number, PicoUsd>, nowMs: number): PicoUsd | undefined {
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const oldestMs = [...history.keys()].reduce((oldest, hour) => Math.min(oldest, hour), endMs);
  const weeks = Math.min(MOST_WEEKS, Math.floor((endMs - oldestMs) / (HOURS_A_WEEK * HOUR_MS)));
  if (weeks < LEAST_WEEKS) return undefined;
  const days = Array.from({ length: weeks * DAYS_A_WEEK }, () => 0n);
  for (const [hour, pusd] of history) {
    const index = Math.floor((endMs - hour - 1) / DAY_MS);
    if (hour < endMs && index < days.length) days[index] = (days[index] ?? 0n) + pusd;
  }
  let squares = 0n;
  for (let weekday = 0; weekday < DAYS_A_WEEK; weekday += 1) {
    const same = days.filter((_, index) => index % DAYS_A_WEEK === weekday);
    const sum = same.reduce((total, pusd) => total + pusd, 0n);
    for (const pusd of same) squares += (pusd - sum / BigInt(weeks)) ** 2n;
  }
  return squareRoot(squares / BigInt((weeks - 1) * DAYS_A_WEEK));
}

/**
 * The band around a forecast. Days to come vary as the past ones did, and so did those that the run rate was taken from: the less
 * of the window is over, the wider the band.
 */
export function bandOf(pusd: PicoUsd, { spentPusd, window, nowMs, deviationPusd }: Basis): ForecastBand {
  const elapsedMs = BigInt(Math.max(1, Math.round(nowMs - window.startMs)));
  const restMs = BigInt(Math.round(window.endMs - nowMs));
  const variance = (deviationPusd ** 2n * restMs * (elapsedMs + restMs)) / (elapsedMs * BigInt(DAY_MS));
  const halfPusd = (squareRoot(variance) * HUNDREDTHS) / 100n;
  const lowPusd = pusd - halfPusd;
  return { lowPusd: lowPusd > spentPusd ? lowPusd : spentPusd, highPusd: pusd + halfPusd };
}

/** The whole part of a square root, by Newton's method. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
