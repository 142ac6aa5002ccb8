/** How long an admitted call counts. */
export const WINDOW_MS = 60_000;
/** Calls that begin within this time of each other share a run, which bounds what is kept of a key. */
export const RUN_MS = 1_000;

/** Admitted calls that came close together. All count until the last of them has left the window. */
interface Run {
  /** Milliseconds since 1970, as `lastMs`. */
  firstMs: number;
  lastMs: number;
  count: number;
}

/** The admitted calls of one key, oldest run first; never more than some sixty runs. */
export type SlidingWindow = Run[];

export interface Verdict {
  admitted: boolean;
  /** Admitted calls in the window, this one included. */
  used: number;
  /** Until the window is empty again, if nothing more is admitted. */
  resetMs: number;
  /** Until the next call can be admitted; 0 where this one was. */
  retryMs: number;
}

/**
 * Admits a call, or not, and remembers it where it did.
 *
 * The window slides: in no 60 seconds, wherever they begin, are more calls admitted than the limit. A refused call does
 * not count. In return for keeping little, a place may become free up to a second late; one that is promised is free.
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
    newest.lastMs = Math.max(newest.lastMs, nowMs);
  } else {
    window.push({ firstMs: nowMs, lastMs: nowMs, count: 1 });
  }
  return { admitted: true, used: used + 1, resetMs: leavesInMs(window.at(-1), nowMs), retryMs: 0 };
}

/** Until so many calls have left the window. */
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
