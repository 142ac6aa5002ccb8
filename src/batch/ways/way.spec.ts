import * as fc from 'fast-check';
import { type BatchWindow, chooseWay, isLongEnoughForBatch, lastSafeMs, type WayPrices } from './way';

const HOUR_MS = 3_600_000;
const MADE_MS = Date.UTC(2026, 10, 28, 8);

function aWindow(hours: number, members: Partial<BatchWindow> = {}): BatchWindow {
  const endMs = MADE_MS + hours * HOUR_MS;
  return { nowMs: MADE_MS, madeAtMs: MADE_MS, endMs, lines: 100, escalate: false, concurrency: 16, ...members };
}

const ALL: WayPrices = { live: 100n, batch: 50n, flex: 50n };
const FLEX: WayPrices = { live: 100n, flex: 50n };
const BATCH: WayPrices = { live: 100n, batch: 50n };
const inHours = (hours: number): WayPrices => ({
  live: 100n,
  offPeak: { pusd: 50n, fromMs: MADE_MS + hours * HOUR_MS },
});

describe('chooseWay', () => {
  it.each<[string, BatchWindow, WayPrices, string]>([
    ['a day: a batch is sure to cost half', aWindow(24), ALL, 'batch'],
    ['a day with escalation, few lines: flex answers first', aWindow(24, { escalate: true }), ALL, 'flex'],
    ['a day with escalation, many lines', aWindow(24, { escalate: true, lines: 501 }), ALL, 'batch'],
    ['a day, no batch at the vendor', aWindow(24), FLEX, 'flex'],
    ['a day, no flex tier at the vendor', aWindow(24), BATCH, 'batch'],
    ['three hours', aWindow(3), ALL, 'batch'],
    ['two hours: too short for a batch', aWindow(2), ALL, 'flex'],
    ['two hours, many lines', aWindow(2, { lines: 5_000 }), ALL, 'flex'],
    ['two hours with escalation, many lines', aWindow(2, { escalate: true, lines: 5_000 }), ALL, 'batch'],
    ['two hours, no flex tier', aWindow(2), BATCH, 'live'],
    ['an hour, near its end', aWindow(1, { nowMs: MADE_MS + 0.75 * HOUR_MS }), ALL, 'live'],
    ['the same, released by a batch that escalates', aWindow(24, { nowMs: MADE_MS + 23.8 * HOUR_MS }), FLEX, 'live'],
    ['a batch that costs less than flex', aWindow(24, { escalate: true }), { ...ALL, batch: 40n }, 'batch'],
    ['flex that costs less than a batch', aWindow(24, { escalate: true, lines: 5_000 }), { ...ALL, flex: 40n }, 'flex'],
    ['a batch that costs as much as a live call', aWindow(24), { live: 100n, batch: 100n }, 'batch'],
    ['a batch that costs more than a live call', aWindow(24), { live: 100n, batch: 101n }, 'live'],
    ['cheap hours that cost as much', aWindow(4), { live: 50n, offPeak: inHours(2).offPeak }, 'live'],
    ['cheap hours within the window', aWindow(4), inHours(2), 'off_peak'],
    ['cheap hours after the window', aWindow(4), inHours(5), 'live'],
    ['cheap hours too near its end', aWindow(4), inHours(3.9), 'live'],
    ['cheap hours that cost more than a batch', aWindow(24), { ...inHours(2), batch: 40n }, 'batch'],
  ])('%s', (_case, window, prices, way) => {
    expect(chooseWay(window, prices).way).toBe(way);
  });

  const price = fc.bigInt({ min: 0n, max: 1_000n });
  const window = fc
    .record({
      hours: fc.integer({ min: 1, max: 24 }),
      passed: fc.double({ min: 0, max: 1, noNaN: true }),
      lines: fc.integer({ min: 1, max: 50_000 }),
      escalate: fc.boolean(),
      concurrency: fc.integer({ min: 1, max: 64 }),
    })
    .map(({ hours, passed, ...rest }) => aWindow(hours, { nowMs: MADE_MS + passed * hours * HOUR_MS, ...rest }));
  const prices = fc.record(
    {
      live: price,
      batch: price,
      flex: price,
      offPeak: fc.record({ pusd: price, fromMs: fc.integer({ min: 0, max: 48 }).map((h) => MADE_MS + h * HOUR_MS) }),
    },
    { requiredKeys: ['live'] },
  );

  it('never costs more than a live call, and never begins after the last safe moment', () => {
    fc.assert(
      fc.property(window, prices, (of, costs) => {
        const { way, pusd, fromMs } = chooseWay(of, costs);
        expect(pusd <= costs.live).toBe(true);
        if (way === 'off_peak') expect(pusd < costs.live).toBe(true);
        expect(lastSafeMs(of)).toBeLessThan(of.endMs);
        if (way === 'off_peak' || way === 'flex') expect(fromMs).toBeLessThan(lastSafeMs(of));
        if (way === 'batch') expect(isLongEnoughForBatch(of)).toBe(true);
      }),
    );
  });

  it('takes no way that may cost the full price where a batch surely costs less', () => {
    fc.assert(
      fc.property(window, prices, (of, costs) => {
        const { way } = chooseWay({ ...of, escalate: false }, costs);
        const isBatchSure = isLongEnoughForBatch({ ...of, escalate: false }) && costs.batch !== undefined;
        if (isBatchSure) expect(way).not.toBe('flex');
      }),
    );
  });
});

describe('lastSafeMs', () => {
  it('leaves time for the last flex call and for all lines, and never takes more than half of the window', () => {
    const minutesBeforeEnd = (of: BatchWindow) => (of.endMs - lastSafeMs(of)) / 60_000;
    expect(minutesBeforeEnd(aWindow(24, { lines: 1_920 }))).toBe(17);
    expect(minutesBeforeEnd(aWindow(1, { lines: 50_000 }))).toBe(30);
  });
});
