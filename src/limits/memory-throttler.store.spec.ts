import * as fc from 'fast-check';
import { MemoryThrottlerStore } from './memory-throttler.store';
import { WINDOW_MS } from './sliding-window';

/** The monotonic clock. */
class SetClock {
  nowMs = 1_700_000;

  constructor() {
    jest.spyOn(performance, 'now').mockImplementation(() => this.nowMs + 0.5);
  }
}

const call = (store: MemoryThrottlerStore, limit: number, key = 'key_1') => store.increment(key, WINDOW_MS, limit);

describe('the window of a key in memory', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('never admits more calls than the limit in any 60 seconds, and admits a call at every announced time', async () => {
    const pauses = fc.array(fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(70_000)), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), pauses, async (limit, pausesMs) => {
        const clock = new SetClock();
        const store = new MemoryThrottlerStore();
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
    const store = new MemoryThrottlerStore();
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
    const store = new MemoryThrottlerStore();
    for (let i = 0; i < 5; i += 1) {
      await call(store, 5);
      clock.nowMs += 2_000;
    }
    expect(await call(store, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 56 });
  });

  it.each([-86_400_000, -10_000, 10_000, 86_400_000])(
    'A19: is neither longer nor shorter where the wall clock steps by %i ms',
    async (stepMs) => {
      const clock = new SetClock();
      const startedAt = Date.now();
      const wallClock = jest.spyOn(Date, 'now').mockReturnValue(startedAt);
      const store = new MemoryThrottlerStore();
      await call(store, 2);
      await call(store, 2);
      wallClock.mockReturnValue(startedAt + stepMs);
      expect(store.usageOf('key_1')).toEqual({ used: 2, resetMs: 60_000 });
      expect(await call(store, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 60 });
      clock.nowMs += 59_999;
      expect(await call(store, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 0.001 });
      clock.nowMs += 1;
      expect(await call(store, 2)).toMatchObject({ isBlocked: false, totalHits: 1 });
    },
  );

  it('counts each key separately and removes inactive ones', async () => {
    const clock = new SetClock();
    const store = new MemoryThrottlerStore();
    for (let i = 0; i < 1_000; i += 1) expect((await call(store, 1, `key_${i}`)).isBlocked).toBe(false);
    expect(store.size).toBe(1_000);
    clock.nowMs += WINDOW_MS + 1;
    await call(store, 1, 'another');
    expect(store.size).toBe(1);
  });
});
