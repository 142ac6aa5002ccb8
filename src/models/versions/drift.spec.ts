import fc from 'fast-check';
import { compareName, type SeenName } from './drift';

const DAY_MS = 24 * 3600 * 1000;
const NOW = 400 * DAY_MS;
const RULE = { knownDays: 30, maxNewPerDay: 3 };
const seen = (name: string, firstDaysAgo: number, lastDaysAgo = firstDaysAgo): SeenName => ({
  name,
  firstSeenMs: NOW - firstDaysAgo * DAY_MS,
  lastSeenMs: NOW - lastDaysAgo * DAY_MS,
});
const compare = (name: string, ...before: SeenName[]) => compareName(name, before, NOW, RULE);

describe('a name in an upstream response', () => {
  it('is no drift when it is the first', () => {
    expect(compare('a')).toBe('first');
  });

  it('is no drift when it is declared, or is the first besides a declared one', () => {
    const declared = { ...seen('b', 1, 0), expected: true };
    expect([compare('a', declared), compare('b', declared), compare('b', seen('a', 10, 1), declared)]).toEqual([
      'first',
      'known',
      'known',
    ]);
    expect(compare('c', seen('a', 10, 1), declared)).toBe('drift');
  });

  it('is drift when it is new', () => {
    expect(compare('b', seen('a', 10, 0))).toBe('drift');
  });

  it('is no drift when two known names alternate', () => {
    const both = [seen('a', 10, 0), seen('b', 10, 1)];
    expect([compare('a', ...both), compare('b', ...both)]).toEqual(['known', 'known']);
  });

  it('is drift when it was last seen too long ago', () => {
    expect(compare('a', seen('a', 90, 31), seen('b', 31, 0))).toBe('drift');
    expect(compare('a', seen('a', 90, 30), seen('b', 31, 0))).toBe('known');
  });

  it('is no drift when it was seen last, at any time', () => {
    expect(compare('b', seen('a', 390, 380), seen('b', 380, 300))).toBe('known');
  });

  it('is no drift when too many new names arrive', () => {
    const today = ['a', 'b', 'c'].map((name) => seen(name, 0.5));
    expect(compare('d', ...today)).toBe('flapping');
    expect(compare('d', ...today.slice(1))).toBe('drift');
    expect(compare('a', ...today)).toBe('known');
    expect(compare('d', ...['a', 'b', 'c'].map((name) => seen(name, 2, 0)))).toBe('drift');
  });

  it('is drift at most so often within a day, and once for each name', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { maxLength: 60 }),
        fc.integer({ min: 0, max: 10 }),
        (responses, maxNewPerDay) => {
          const known: SeenName[] = [];
          const changes: string[] = [];
          for (const [index, number] of responses.entries()) {
            const [name, nowMs] = [`fp_${number}`, NOW + index * 1_000];
            const verdict = compareName(name, known, nowMs, { knownDays: 30, maxNewPerDay });
            if (verdict === 'drift') changes.push(name);
            if (verdict === 'drift' || verdict === 'first') known.push({ name, firstSeenMs: nowMs, lastSeenMs: nowMs });
          }
          expect(new Set(changes).size).toBe(changes.length);
          expect(changes.length).toBeLessThanOrEqual(maxNewPerDay);
        },
      ),
    );
  });
});
