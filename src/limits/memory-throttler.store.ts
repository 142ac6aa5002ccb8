import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { admit, type SlidingWindow, usageOf, type Verdict, WINDOW_MS } from './sliding-window';

/** The throttler's record of a call: counts, and times in seconds. */
export type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts the calls of each key in this process. Inactive keys are removed once a minute, without a timer. */
@Injectable()
export class MemoryThrottlerStore implements ThrottlerStorage {
  private readonly windows = new Map<string, SlidingWindow>();
  private sweepAtMs = 0;

  /** The number of keys in memory. */
  get size(): number {
    return this.windows.size;
  }

  /** Admits or refuses a call by the rules of {@link admit}; the TTL is ignored. */
  increment(key: string, _ttlMs: number, limit: number): Promise<ThrottlerRecord> {
    const nowMs = monotonicMs();
    if (nowMs >= this.sweepAtMs) this.sweep(nowMs);
    let window = this.windows.get(key);
    if (!window) this.windows.set(key, (window = []));
    return Promise.resolve(toRecord(admit(window, nowMs, limit)));
  }

  /** What a key has used of its limit; counts no call. */
  usageOf(key: string): { used: number; resetMs: number } {
    return usageOf(this.windows.get(key) ?? [], monotonicMs());
  }

  private sweep(nowMs: number): void {
    this.sweepAtMs = nowMs + WINDOW_MS;
    for (const [key, window] of this.windows) {
      const newest = window.at(-1);
      if (!newest || newest.lastMs + WINDOW_MS <= nowMs) this.windows.delete(key);
    }
  }
}

/** A step of the wall clock would lock callers out, or let them in. Whole milliseconds, as callers get them. */
function monotonicMs(): number {
  return Math.floor(performance.now());
}

/** Converts a verdict to the throttler's record, in seconds. */
export function toRecord(verdict: Verdict): ThrottlerRecord {
  return {
    totalHits: verdict.used,
    timeToExpire: verdict.resetMs / 1000,
    isBlocked: !verdict.admitted,
    timeToBlockExpire: verdict.retryMs / 1000,
  };
}
