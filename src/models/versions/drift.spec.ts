import fc from 'fast-check';
import { judgeName, type SeenName } from './drift';

const DAY_MS = 24 * 3600 * 1000;
const NOW = 400 * DAY_MS;
const RULE = { knownDays: 30, mostNewADay: 3 };
const seen = (name: string, firstDaysAgo: number, lastDaysAgo = firstDaysAgo): SeenName => ({
  name,
  firstSeenMs: NOW - firstDaysAgo * DAY_MS,
  lastSeenMs: NOW - lastDaysAgo * DAY_MS,
});
const judge = (name: string, ...before: SeenName[]) => judgeName(name, before, NOW, RULE);

describe('what a name in an upstream answer means', () => {
  it('is nothing for the first of all', () => {
    expect(judge('a')).toBe('first');
  });

  it('is nothing for one that was announced, and for the first while another one is', () => {
    const announced = { ...seen('b', 1, 0), expected: true };
    expect([judge('a', announced), judge('b', announced), judge('b', seen('a', 10, 1), announced)]).toEqual([
      'first',
      'known',
      'known',
    ]);
    expect(judge('c', seen('a', 10, 1), announced)).toBe('drift');
  });

  it('is a change for one that was not named before', () => {
    expect(judge('b', seen('a', 10, 0))).toBe('drift');
  });

  it('is none for those that answer in turn', () => {
    const both = [seen('a', 10, 0), seen('b', 10, 1)];
    expect([judge('a', ...both), judge('b', ...both)]).toEqual(['known', 'known']);
  });

  it('is a change for one that comes back after it was forgotten', () => {
    expect(judge('a', seen('a', 90, 31), seen('b', 31, 0))).toBe('drift');
    expect(judge('a', seen('a', 90, 30), seen('b', 31, 0))).toBe('known');
  });

  it('is none for the one that was named last, however long ago', () => {
    expect(judge('b', seen('a', 390, 380), seen('b', 380, 300))).toBe('known');
  });

  it('is none where new ones come all the time', () => {
    const today = ['a', 'b', 'c'].map((name) => seen(name, 0.5));
    expect(judge('d', ...today)).toBe('flapping');
    expect(judge('d', ...today.slice(1))).toBe('drift');
    expect(judge('a', ...today)).toBe('known');
    expect(judge('d', ...['a', 'b', 'c'].map((name) => seen(name, 2, 0)))).toBe('drift');
  });

  it('takes at most so many for changes within a day, and each name once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 60 }), fc.integer({ min: 0, max: 10 }), (answers, mostNewADay) => {
        const known: SeenName[] = [];
        const changes: string[] = [];
        for (const [index, number] of answers.entries()) {
          const [name, nowMs] = [`fp_${number}`, NOW + index * 1_000];
          const verdict = judgeName(name, known, nowMs, { knownDays: 30, mostNewADay });
          if (verdict === 'drift') changes.push(name);
          if (verdict === 'drift' || verdict === 'first') known.push({ name, firstSeenMs: nowMs, lastSeenMs: nowMs });
        }
        expect(new Set(changes).size).toBe(changes.length);
        expect(changes.length).toBeLessThanOrEqual(mostNewADay);
      }),
    );
  });
});
