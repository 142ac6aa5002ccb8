import * as fc from 'fast-check';
import { Breaker } from './breaker';

const SECOND = 1_000;

describe('the breaker of a deployment', () => {
  let breaker: Breaker;
  let nowMs: number;
  beforeEach(() => {
    // The longest openings.
    breaker = new Breaker(() => 1);
    nowMs = 1_000_000;
  });

  const fail = (times = 1) => {
    for (let time = 0; time < times; time += 1) breaker.failed('failing', breaker.begin(nowMs), nowMs, undefined);
  };
  const succeed = (times = 1) => {
    for (let time = 0; time < times; time += 1) {
      breaker.begin(nowMs);
      breaker.answered(nowMs);
      breaker.completed();
    }
  };
  const isOpen = () => breaker.opening !== undefined;
  const openMs = () => (breaker.opening?.untilMs ?? nowMs) - nowMs;

  it('opens after five failures in a row', () => {
    fail(4);
    succeed();
    fail(4);
    expect(isOpen()).toBe(false);
    fail();
    expect([isOpen(), breaker.isAvailable(nowMs), openMs()]).toEqual([true, false, SECOND]);
  });

  it('opens where half of ten attempts within ten seconds failed', () => {
    for (let pair = 0; pair < 4; pair += 1) {
      succeed();
      fail();
    }
    succeed();
    expect(isOpen()).toBe(false);
    fail();
    expect(isOpen()).toBe(true);
  });

  it('stays closed where failures lie apart', () => {
    for (let round = 0; round < 50; round += 1) {
      succeed(2);
      fail();
      nowMs += 2 * SECOND;
    }
    expect(isOpen()).toBe(false);
  });

  it('lets one call at a time probe, and closes at its answer', () => {
    fail(5);
    nowMs += SECOND;
    expect(breaker.isAvailable(nowMs)).toBe(true);
    expect([breaker.begin(nowMs), breaker.begin(nowMs), breaker.isAvailable(nowMs)]).toEqual([true, false, false]);
    expect(breaker.answered(nowMs)).toBe(true);
    expect([isOpen(), breaker.isAvailable(nowMs)]).toEqual([false, true]);
  });

  it('lets the next call probe where a probe has no end for five seconds, or says nothing', () => {
    fail(5);
    nowMs += SECOND;
    breaker.begin(nowMs);
    expect(breaker.isAvailable(nowMs + 4_999)).toBe(false);
    expect(breaker.isAvailable(nowMs + 5_000)).toBe(true);
    breaker.ended(true);
    expect(breaker.isAvailable(nowMs)).toBe(true);
  });

  it('opens twice as long after each failed probe, ten seconds at most', () => {
    fail(5);
    const lengths = [];
    for (let probe = 0; probe < 6; probe += 1) {
      lengths.push(openMs() / SECOND);
      nowMs += openMs();
      fail();
    }
    expect(lengths).toEqual([1, 2, 4, 8, 10, 10]);
  });

  it('is not opened for longer by attempts that were on their way', () => {
    fail(5);
    const { opening } = breaker;
    fail(20);
    expect(breaker.opening).toBe(opening);
  });

  it('opens at one failure until five answers were complete after a probe', () => {
    fail(5);
    nowMs += SECOND;
    succeed(4);
    fail();
    expect([isOpen(), openMs()]).toEqual([true, 2 * SECOND]);
    nowMs += 2 * SECOND;
    succeed(6);
    fail();
    expect(isOpen()).toBe(false);
  });

  it('begins with a second again once it was closed for half a minute', () => {
    for (let time = 0; time < 3; time += 1) {
      fail(5);
      nowMs += openMs();
    }
    succeed(6);
    nowMs += 31 * SECOND;
    fail(5);
    expect(openMs()).toBe(SECOND);
  });

  it('counts streams that break off after their first content', () => {
    for (let stream = 0; stream < 5; stream += 1) {
      expect(isOpen()).toBe(false);
      breaker.begin(nowMs);
      breaker.answered(nowMs);
      breaker.brokeOff(nowMs);
    }
    expect(isOpen()).toBe(true);
  });

  it('keeps the pause that a 429 asks for, the longest one, ten minutes at most', () => {
    breaker.failed('rate_limit', false, nowMs, 20 * SECOND);
    breaker.failed('rate_limit', false, nowMs, 5 * SECOND);
    expect([breaker.opening?.reason, openMs()]).toEqual(['rate_limit', 20 * SECOND]);
    breaker.failed('rate_limit', false, nowMs, 86_400 * SECOND);
    expect(openMs()).toBe(600 * SECOND);
  });

  it('counts a 429 without a time as a failure', () => {
    for (let time = 0; time < 5; time += 1) breaker.failed('rate_limit', false, nowMs, undefined);
    expect(breaker.opening?.reason).toBe('failing');
  });

  it.each(['credential', 'forbidden', 'model_gone'] as const)(
    'opens for a minute at once, then longer: %s',
    (reason) => {
      breaker.failed(reason, false, nowMs, undefined);
      expect(openMs()).toBe(60 * SECOND);
      nowMs += 60 * SECOND;
      breaker.failed(reason, breaker.begin(nowMs), nowMs, undefined);
      expect(openMs()).toBe(120 * SECOND);
    },
  );

  it('follows another replica, unless its own attempts are answered', () => {
    breaker.openElsewhere('failing', 4 * SECOND, nowMs);
    expect(openMs()).toBe(4 * SECOND);
    breaker.closedElsewhere(nowMs);
    expect(isOpen()).toBe(false);
    succeed(5);
    breaker.openElsewhere('failing', 4 * SECOND, nowMs);
    expect(isOpen()).toBe(false);
    breaker.openElsewhere('credential', 60 * SECOND, nowMs);
    expect(isOpen()).toBe(true);
  });

  it('opens within five failures and lets a probe through within ten seconds, whatever came before', () => {
    const step = fc.record({ ok: fc.boolean(), waitMs: fc.integer({ min: 0, max: 3_000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, random) => {
        breaker = new Breaker(() => random);
        for (const { ok, waitMs } of steps) {
          nowMs += waitMs;
          if (ok) succeed();
          else fail();
          expect(openMs()).toBeLessThanOrEqual(10 * SECOND);
        }
        fail(5);
        expect(isOpen()).toBe(true);
        nowMs += 10 * SECOND;
        expect(breaker.isAvailable(nowMs)).toBe(true);
        succeed();
        expect(isOpen()).toBe(false);
      }),
    );
  });
});
