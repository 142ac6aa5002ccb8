/** How long an admitted call counts, in ms. */
export const WINDOW_MS = 60_000;
/** Calls that begin within this time share a run, which limits the memory of a key. */
export const RUN_MS = 1_000;

/** Admitted calls close together in time. All count until the last one leaves the window. */
interface Run {
  /** Milliseconds of a clock that is never set back, as `lastMs`. */
  firstMs: number;
  lastMs: number;
  count: number;
}

/** The admitted calls of one key, oldest run first; about sixty runs at most. */
export type SlidingWindow = Run[];

export interface Verdict {
  admitted: boolean;
  /** Admitted calls in the window, including this one. */
  used: number;
  /** Time until the window is empty, if no more calls are admitted. */
  resetMs: number;
  /** Time until the next call can be admitted; 0 if this one was. */
  retryMs: number;
}

/**
 * Admits or refuses a call; an admitted call is added to the window.
 *
 * The window slides: any 60 seconds have at most `limit` admitted calls. Refused calls do not count. Because calls are
 * grouped in runs, an admission may come up to a second late; a call at the returned `retryMs` is admitted.
 */
export function admit(window: SlidingWindow, nowMs: number, limit: number): Verdict {
  const live = window.findIndex((run) => run.lastMs + WINDOW_MS > nowMs);
  window.splice(0, live === -1 ? window.length : live);
  const used = window.reduce((sum, run) => sum + run.count, 0);
  if (used >= limit) {
    return {
      admitted: false,
      used,
      resetMs: leavesInMs(window.at(-1), nowMs),
      retryMs: retryMs(window, nowMs, used - limit + 1),
    };
  }
  const newest = window.at(-1);
  if (newest && nowMs - newest.firstMs < RUN_MS) {
    newest.count += 1;
    newest.lastMs = nowMs;
  } else {
    window.push({ firstMs: nowMs, lastMs: nowMs, count: 1 });
  }
  return { admitted: true, used: used + 1, resetMs: leavesInMs(window.at(-1), nowMs), retryMs: 0 };
}

/** The admitted calls that still count, and the time until the window is empty. Changes nothing. */
export function usageOf(window: SlidingWindow, nowMs: number): { used: number; resetMs: number } {
  const live = window.filter((run) => run.lastMs + WINDOW_MS > nowMs);
  return { used: live.reduce((sum, run) => sum + run.count, 0), resetMs: leavesInMs(live.at(-1), nowMs) };
}

/** Time until `toLeave` calls have left the window. */
function retryMs(window: SlidingWindow, nowMs: number, toLeave: number): number {
  let left = 0;
  return leavesInMs(
    window.find((run) => (left += run.count) >= toLeave),
    nowMs,
  );
}

function leavesInMs(run: Run | undefined, nowMs: number): number {
  return run ? run.lastMs + WINDOW_MS - nowMs : 0;
}
