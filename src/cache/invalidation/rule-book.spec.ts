import fc from 'fast-check';
import { type Criteria, type InvalidationRule, matches, type RuledFacts, type RuledPlace } from './invalidation-rule';
import { RuleBook } from './rule-book';

const names = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...names);
const place: fc.Arbitrary<RuledPlace> = fc.record({
  key: name,
  model: name,
  version: fc.option(name, { nil: null }),
});
const facts: fc.Arbitrary<RuledFacts> = fc.record({
  upstreamModel: fc.option(name, { nil: undefined }),
  systemFingerprint: fc.option(name, { nil: undefined }),
  teamId: name,
  tags: fc.array(name, { maxLength: 3 }),
  askedAt: fc.integer({ min: 0, max: 10 }),
  rulesSeen: fc.integer({ min: 0, max: 12 }),
});
const criteria: fc.Arbitrary<Criteria> = fc.record(
  { model: name, version: name, teamId: name, tag: name, key: name, beforeMs: fc.integer({ min: 0, max: 10 }) },
  { requiredKeys: [] },
);
const rules = fc
  .array(criteria, { maxLength: 10 })
  .map((all) => all.map((each, index): InvalidationRule => ({ ...each, revision: index + 1, expiresAtMs: Infinity })));
const bookOf = (all: readonly InvalidationRule[]) => {
  const book = new RuleBook();
  for (const rule of all) book.add(rule);
  return book;
};
const entry: RuledFacts = {
  upstreamModel: 'gpt-4.1-2025-04-14',
  systemFingerprint: 'fp_1',
  teamId: 'team_1',
  tags: ['x', 'y'],
  askedAt: 1_000,
  rulesSeen: 0,
};
const at: RuledPlace = { key: 'k', model: 'gpt-4.1', version: '2026-11' };

describe('the criteria of a rule', () => {
  it.each<[Criteria, boolean]>([
    [{}, true],
    [{ model: 'gpt-4.1' }, true],
    [{ model: 'gpt-4' }, false],
    [{ version: 'gpt-4.1-2025-04-14' }, true],
    [{ version: '2026-11' }, true],
    [{ version: 'fp_1' }, true],
    [{ version: 'gpt-4.1' }, false],
    [{ teamId: 'team_1' }, true],
    [{ teamId: 'team_2' }, false],
    [{ tag: 'y' }, true],
    [{ tag: 'z' }, false],
    [{ key: 'k' }, true],
    [{ key: 'l' }, false],
    [{ beforeMs: 1_001 }, true],
    [{ beforeMs: 1_000 }, false],
    [{ model: 'gpt-4.1', teamId: 'team_2' }, false],
    [{ model: 'gpt-4.1', teamId: 'team_1', tag: 'x', beforeMs: 2_000 }, true],
  ])('%j: %s', (wanted, expected) => {
    expect(matches(wanted, at, entry)).toBe(expected);
  });

  it('must all match, so that one more criterion never matches more', () => {
    fc.assert(
      fc.property(criteria, criteria, place, facts, (one, other, where, what) => {
        const both = { ...one, ...other };
        const parts = Object.entries(both).map(([member, value]) => ({ [member]: value }) as Criteria);
        expect(matches(both, where, what)).toBe(parts.every((part) => matches(part, where, what)));
      }),
    );
  });
});

describe('the rules in force', () => {
  it('invalidate what a rule newer than the call matches, and nothing else', () => {
    fc.assert(
      fc.property(rules, place, facts, fc.integer({ min: 1, max: 12 }), (all, where, what, before) => {
        const later = all.filter(({ revision }) => revision > what.rulesSeen);
        expect(bookOf(all).retires(where, what)).toBe(later.some((rule) => matches(rule, where, what)));
        // A newer rule with the same criteria replaces an older one, and may not be older than `before`.
        if (bookOf(all).retires(where, what, before))
          expect(later.some((rule) => rule.revision < before && matches(rule, where, what))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are one for each different criteria, however often a rule is added', () => {
    fc.assert(
      fc.property(fc.array(criteria, { maxLength: 40 }), (all) => {
        const book = bookOf(all.map((each, index) => ({ ...each, revision: index + 1, expiresAtMs: Infinity })));
        const different = new Set(all.map((each) => JSON.stringify(Object.entries(each).toSorted())));
        expect(book.size).toBe(different.size);
        expect(book.newest).toBe(all.length);
      }),
    );
  });

  it('expire, and the newest revision stays known', () => {
    const book = bookOf([
      { revision: 1, expiresAtMs: 100, key: 'k' },
      { revision: 2, expiresAtMs: 100, tag: 'x' },
      { revision: 3, expiresAtMs: 200, tag: 'q' },
    ]);
    expect(book.retires(at, entry)).toBe(true);
    book.expire(100);
    expect([book.size, book.newest, book.retires(at, entry)]).toEqual([1, 3, false]);
  });

  it('ignore a rule older than the newest', () => {
    const book = bookOf([{ revision: 5, expiresAtMs: 100, tag: 'q' }]);
    book.add({ revision: 4, expiresAtMs: 100, tag: 'x' });
    expect([book.newest, book.size]).toEqual([5, 1]);
  });
});
