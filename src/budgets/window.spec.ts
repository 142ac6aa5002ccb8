import * as fc from 'fast-check';
import { type WindowKind } from './budget';
import { windowAt } from './window';

const KINDS: WindowKind[] = ['hour', 'day', 'week', 'month'];
const ZONES = [
  'UTC',
  'Asia/Seoul',
  'Asia/Kathmandu',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Pacific/Apia',
  'UTC+5:30',
];
const HALF_HOUR_MS = 1_800_000;

describe('a window', () => {
  it('has 30 minutes where the clock of Lord Howe goes back by 30', () => {
    const { startMs, endMs } = windowAt('hour', 'Australia/Lord_Howe', Date.parse('2026-04-04T15:10:00Z'));
    expect([startMs, endMs].map((ms) => new Date(ms).toISOString())).toEqual([
      '2026-04-04T15:00:00.000Z',
      '2026-04-04T15:30:00.000Z',
    ]);
  });

  it('contains its time, begins and ends once, and is the same for each of its times', () => {
    const time = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2028, 0, 1) });
    const shifts = fc.constantFrom(
      Date.UTC(2026, 3, 4, 15), // Lord Howe, back
      Date.UTC(2026, 9, 3, 15, 30), // Lord Howe, forward
      Date.UTC(2026, 10, 1, 6), // New York, back
      Date.UTC(2026, 2, 8, 7), // New York, forward
    );
    const near = fc
      .tuple(shifts, fc.integer({ min: -90, max: 90 }))
      .map(([shift, minutes]) => shift + minutes * 60_000);
    const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.constantFrom(...ZONES),
        fc.oneof(time, near),
        part,
        (kind, zone, at, share) => {
          const window = windowAt(kind, zone, at);
          expect(window.startMs <= at && at < window.endMs).toBe(true);
          const within = window.startMs + Math.floor(share * (window.endMs - window.startMs));
          expect(windowAt(kind, zone, within)).toEqual(window);
          expect(windowAt(kind, zone, window.endMs).startMs).toBe(window.endMs);
          expect(window.endMs - window.startMs).toBeGreaterThanOrEqual(HALF_HOUR_MS);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
