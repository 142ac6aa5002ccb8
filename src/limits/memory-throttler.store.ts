import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Clock } from '../common/clock';
import { admit, type SlidingWindow, type Verdict, WINDOW_MS } from './sliding-window';

/** What the throttler wants to hear of a call: counts, and times in seconds. */
export type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts the calls of each key in this process. What is no longer counted is swept once a minute, without a timer. */
@Injectable()
export class MemoryThrottlerStore implements ThrottlerStorage {
  private readonly windows = new Map<string, SlidingWindow>();
  private sweepAtMs = 0;

  constructor(private readonly clock: Clock) {}

  /** How many keys are remembered. */
  get size(): number {
    return this.windows.size;
  }

  /** Admits a call or not; the window's length and rules are those of {@link admit}. */
  increment(key: string, _ttlMs: number, limit: number): Promise<ThrottlerRecord> {
    const nowMs = this.clock.now();
    if (nowMs >= this.sweepAtMs) this.sweep(nowMs);
    let window = this.windows.get(key);
    if (!window) this.windows.set(key, (window = []));
    return Promise.resolve(toRecord(admit(window, nowMs, limit)));
  }

  private sweep(nowMs: number): void {
    this.sweepAtMs = nowMs + WINDOW_MS;
    for (const [key, window] of this.windows) {
      const newest = window.at(-1);
      if (!newest || newest.lastMs + WINDOW_MS <= nowMs) this.windows.delete(key);
    }
  }
}

/** A verdict in the throttler's words, in seconds. */
export function toRecord(verdict: Verdict): ThrottlerRecord {
  return {
    totalHits: verdict.used,
    timeToExpire: verdict.resetMs / 1000,
    isBlocked: !verdict.admitted,
    timeToBlockExpire: verdict.retryMs / 1000,
  };
}
