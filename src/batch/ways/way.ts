import type { BatchTier } from '@thriftgate/contracts';
import type { PicoUsd } from '../../common/money';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Nine of ten vendors' batches end within an hour; a shorter window would let lines expire. */
const LEAST_BATCH_WINDOW_MS = 3 * HOUR_MS;
/** Where what is late runs directly. */
const LEAST_ESCALATING_WINDOW_MS = HOUR_MS / 2;
/** The window may have begun a moment ago. */
const BEGUN_MS = MINUTE_MS;
/** Batches of up to so many lines are answered sooner by a flex tier than by a vendor's batch of the same price. */
const FEW_LINES = 500;
/** What the last call of a flex tier may take, with some time for the one that follows it. */
const LAST_FLEX_CALL_MS = 16 * MINUTE_MS;
/** What a live line takes of a slot, on average. */
const RUN_LINE_MS = 500;

/**
 * How a line runs: in a vendor's batch; live in a tier that has no room at times; live at hours that cost less; or live at once.
 */
export type Way = BatchTier;

/** What the ways of a batch's lines depend on. Times are in milliseconds since 1970. */
export interface BatchWindow {
  nowMs: number;
  madeAtMs: number;
  endMs: number;
  /** Of the whole batch. */
  lines: number;
  escalate: boolean;
  /** How many of its lines run live at once. */
  concurrency: number;
}

/** What a typical call of a line costs by each way that it has. */
export interface WayPrices {
  live: PicoUsd;
  batch?: PicoUsd | undefined;
  flex?: PicoUsd | undefined;
  offPeak?: { pusd: PicoUsd; fromMs: number } | undefined;
}

/** A way with the time from which the line takes it. */
export interface ChosenWay {
  way: Way;
  pusd: PicoUsd;
  fromMs: number;
}

/**
 * The last moment at which all lines of a batch can still begin as live calls: from then on no line waits for a lower price. At least
 * half of a window is for waiting.
 */
export function lastSafeMs({ madeAtMs, endMs, lines, concurrency }: BatchWindow): number {
  const neededMs = LAST_FLEX_CALL_MS + (lines * RUN_LINE_MS) / concurrency;
  return endMs - Math.min(neededMs, (endMs - madeAtMs) / 2);
}

/** Whether a vendor's batch surely ends in time, or what it leaves can run live. */
export function isLongEnoughForBatch({ nowMs, endMs, escalate }: BatchWindow): boolean {
  return endMs - nowMs >= (escalate ? LEAST_ESCALATING_WINDOW_MS : LEAST_BATCH_WINDOW_MS - BEGUN_MS);
}

/**
 * The cheapest way that meets the window; of equal ones the one that answers first. A flex tier may have no room until the last safe
 * moment, and the line then costs the full price: so it is no way for a line that a vendor's batch takes, unless the batch escalates.
 */
export function chooseWay(window: BatchWindow, prices: WayPrices): ChosenWay {
  const { nowMs, escalate } = window;
  const { live, flex, offPeak } = prices;
  const batch = isLongEnoughForBatch(window) ? prices.batch : undefined;
  const safeMs = lastSafeMs(window);
  const ways: ChosenWay[] = [{ way: 'live', pusd: live, fromMs: nowMs }];
  if (offPeak && offPeak.fromMs < safeMs) ways.push({ way: 'off_peak', ...offPeak });
  if (flex !== undefined && nowMs < safeMs && (batch === undefined || escalate))
    ways.push({ way: 'flex', pusd: flex, fromMs: nowMs });
  if (batch !== undefined) ways.push({ way: 'batch', pusd: batch, fromMs: nowMs });
  const order = window.lines <= FEW_LINES ? SOONEST_FIRST : STEADIEST_FIRST;
  return ways.reduce((best, each) => (isBetter(each, best, order) ? each : best));
}

/** Ways of one price: first those with rate limits apart from live calls; no line waits for hours that cost the same. */
const SOONEST_FIRST: readonly Way[] = ['flex', 'batch', 'live', 'off_peak'];
const STEADIEST_FIRST: readonly Way[] = ['batch', 'flex', 'live', 'off_peak'];

function isBetter(one: ChosenWay, other: ChosenWay, order: readonly Way[]): boolean {
  if (one.pusd !== other.pusd) return one.pusd < other.pusd;
  return order.indexOf(one.way) < order.indexOf(other.way);
}
