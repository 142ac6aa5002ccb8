import * as fc from 'fast-check';
import { Clock } from '../common/clock';
import { MemoryThrottlerStore } from './memory-throttler.store';
import { WINDOW_MS } from './sliding-window';

class SetClock extends Clock {
  nowMs = 1_700_000_000_000;
  override now(): number {
    return this.nowMs;
  }
}

const call = (store: MemoryThrottlerStore, limit: number, key = 'key_1') => store.increment(key, WINDOW_MS, limit);

describe('the window of a key in memory', () => {
  it('never admits more calls than the limit in any 60 seconds, and admits a call at every announced time', async () => {
    const pauses = fc.array(fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(70_000)), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), pauses, async (limit, pausesMs) => {
        const clock = new SetClock();
        const store = new MemoryThrottlerStore(clock);
        const admitted: number[] = [];
        let promisedMs: number | undefined;
        for (const pauseMs of pausesMs) {
          clock.nowMs += pauseMs;
          const record = await call(store, limit);
          if (!record.isBlocked) admitted.push(clock.nowMs);
          else expect(promisedMs === undefined || clock.nowMs < promisedMs).toBe(true);
          promisedMs = record.isBlocked ? clock.nowMs + Math.round(record.timeToBlockExpire * 1000) : undefined;
          expect(record.timeToBlockExpire).toBeLessThanOrEqual(60);
        }
        for (const start of admitted) {
          expect(admitted.filter((at) => at >= start && at < start + WINDOW_MS).length).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('counts down, refuses, and admits again after the first calls left the window', async () => {
    const clock = new SetClock();
    const store = new MemoryThrottlerStore(clock);
    expect(await call(store, 2)).toEqual({ totalHits: 1, timeToExpire: 60, isBlocked: false, timeToBlockExpire: 0 });
    clock.nowMs += 20_000;
    expect((await call(store, 2)).totalHits).toBe(2);
    clock.nowMs += 500;
    expect(await call(store, 2)).toEqual({
      totalHits: 2,
      timeToExpire: 59.5,
      isBlocked: true,
      timeToBlockExpire: 39.5,
    });
    clock.nowMs += 39_500;
    expect(await call(store, 2)).toMatchObject({ totalHits: 2, isBlocked: false });
  });

  it('returns the time of the next admission after the limit was lowered', async () => {
    const clock = new SetClock();
    const store = new MemoryThrottlerStore(clock);
    for (let i = 0; i < 5; i += 1) {
      await call(store, 5);
      clock.nowMs += 2_000;
    }
    expect(await call(store, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 56 });
  });

  it('continues when the clock is set back', async () => {
    const clock = new SetClock();
    const store = new MemoryThrottlerStore(clock);
    await call(store, 2);
    clock.nowMs -= 10_000;
    expect((await call(store, 2)).isBlocked).toBe(false);
    expect((await call(store, 2)).isBlocked).toBe(true);
  });

  it('counts each key separately and removes inactive ones', async () => {
    const clock = new SetClock();
    const store = new MemoryThrottlerStore(clock);
    for (let i = 0; i < 1_000; i += 1) expect((await call(store, 1, `key_${i}`)).isBlocked).toBe(false);
    expect(store.size).toBe(1_000);
    clock.nowMs += WINDOW_MS + 1;
    await call(store, 1, 'another');
    expect(store.size).toBe(1);
  });
});
