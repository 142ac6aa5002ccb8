import type { PicoUsd } from '../../common/money';

const HOUR_MS = 3_600_000;
const HOURS_A_WEEK = 168;
/** A shape needs this much history; with less every hour counts the same. */
const LEAST_WEEKS = 1;

/** What was spent in each hour, by the hour's start in milliseconds since 1970. Hours without spending may be missing. */
export type HourlySpend = ReadonlyMap<number, PicoUsd>;

/**
 * What will be spent by the end of a window: what is spent, and for the time that is left the run rate of the time that is
 * over, weighted by how much those hours of the week cost in the weeks before.
 *
 * @param history hours before `nowMs`, the window's own among them
 */
export function forecast(
  spentPusd: PicoUsd,
  window: { startMs: number; endMs: number },
  nowMs: number,
  history: HourlySpend,
): PicoUsd {
  if (nowMs >= window.endMs) return spentPusd;
  if (nowMs <= window.startMs || spentPusd <= 0n) return spentPusd;
  const shape = shapeOf(history, window.startMs, nowMs);
  const over = weight(shape, window.startMs, nowMs);
  const left = weight(shape, nowMs, window.endMs);
  // Nothing was ever spent at hours like those that are over: only time itself can be counted.
  if (over === 0n) return forecast(spentPusd, window, nowMs, new Map());
  return spentPusd + (spentPusd * left) / over;
}

/** How much each hour of the week costs beside the others; undefined where too little is known. */
function shapeOf(history: HourlySpend, startMs: number, nowMs: number): bigint[] | undefined {
  const hours = [...history.keys()].filter((hour) => hour < startMs);
  const oldest = Math.min(nowMs, ...hours);
  if (nowMs - oldest < LEAST_WEEKS * HOURS_A_WEEK * HOUR_MS) return undefined;
  const shape = Array.from({ length: HOURS_A_WEEK }, () => 0n);
  for (const hour of hours) {
    const index = hourOfWeek(hour);
    shape[index] = (shape[index] ?? 0n) + (history.get(hour) ?? 0n);
  }
  return shape.some((spent) => spent > 0n) ? shape : undefined;
}

/** The weight of a span: each millisecond counts as much as its hour of the week costs. */
function weight(shape: bigint[] | undefined, fromMs: number, toMs: number): bigint {
  let sum = 0n;
  for (let hour = Math.floor(fromMs / HOUR_MS) * HOUR_MS; hour < toMs; hour += HOUR_MS) {
    const part = Math.min(toMs, hour + HOUR_MS) - Math.max(fromMs, hour);
    sum += BigInt(Math.round(part)) * (shape ? (shape[hourOfWeek(hour)] ?? 0n) : 1n);
  }
  return sum;
}

function hourOfWeek(hourMs: number): number {
  return Math.floor(hourMs / HOUR_MS) % HOURS_A_WEEK;
}
