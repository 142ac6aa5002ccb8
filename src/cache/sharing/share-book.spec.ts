import fc from 'fast-check';
import { overlapOf, type Share } from './share';
import { ShareBook } from './share-book';

const TEAMS = ['team_1', 'team_2', 'team_3', 'team_4'];
const MODELS = ['a', 'b', 'c'];
const some = (all: string[]) => fc.uniqueArray(fc.constantFrom(...all), { minLength: 1 });
const share: fc.Arbitrary<Omit<Share, 'id'>> = fc.oneof(
  fc.record({
    name: fc.string(),
    all: fc.constant(false),
    teamIds: some(TEAMS),
    models: fc.option(some(MODELS), { nil: null }),
  }),
  fc.record({
    name: fc.string(),
    all: fc.constant(true),
    teamIds: fc.constant<string[]>([]),
    models: fc.option(some(MODELS), { nil: null }),
  }),
);
/** Shares as the service allows them: none overlaps an older one. */
const shares = fc
  .array(share, { maxLength: 6 })
  .map((all) =>
    all
      .map((each, index): Share => ({ ...each, id: `share_${index}` }))
      .reduce<Share[]>((kept, each) => (overlapOf(each, kept) ? kept : [...kept, each]), []),
  );
const covers = ({ all, teamIds, models }: Share, team: string, model: string) =>
  (all || teamIds.includes(team)) && (models === null || models.includes(model));

describe('shares', () => {
  it('overlap where both cover a team and a model, and nowhere else', () => {
    fc.assert(
      fc.property(share, share, (left, right) => {
        const [one, other] = [
          { ...left, id: 'share_1' },
          { ...right, id: 'share_2' },
        ];
        const both = [...TEAMS, 'team_later'].some((team) =>
          [...MODELS, 'later'].some((model) => covers(one, team, model) && covers(other, team, model)),
        );
        const overlap = overlapOf(one, [other]);
        expect(overlap !== undefined).toBe(both);
        if (!overlap) return;
        const [team, model] = [overlap.teamId ?? 'team_later', overlap.model ?? 'later'];
        expect([covers(one, team, model), covers(other, team, model)]).toEqual([true, true]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('do not overlap themselves', () => {
    const one = { id: 'share_1', name: 'x', all: true, teamIds: [], models: null };
    expect(overlapOf(one, [one])).toBeUndefined();
  });

  it('are the scope of exactly their teams and models, through all changes', () => {
    fc.assert(
      fc.property(fc.array(shares, { minLength: 1, maxLength: 4 }), (states) => {
        const book = new ShareBook();
        const given = new Map<object, string>();
        for (const state of states) {
          book.replace(state);
          for (const team of [...TEAMS, 'team_later'])
            for (const model of MODELS) {
              const scope = book.scopeOf(team, model);
              expect(scope?.id).toBe(state.find((each) => covers(each, team, model))?.id);
              if (scope) expect(scope.ended).toBe(false);
              if (scope) given.set(scope, JSON.stringify(state.find(({ id }) => id === scope.id)));
            }
        }
        // A scope ends where anything but the name has changed.
        const now = states.at(-1) ?? [];
        for (const [scope, before] of given) {
          const { id, ended } = scope as { id: string; ended: boolean };
          const then = JSON.parse(before) as Share;
          const same = now.find((each) => each.id === id);
          if (!same || JSON.stringify({ ...same, name: '' }) !== JSON.stringify({ ...then, name: '' }))
            expect(ended).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep their scope when renamed, and end it when a member changes', () => {
    const book = new ShareBook();
    const one: Share = { id: 'share_1', name: 'x', all: false, teamIds: ['team_1', 'team_2'], models: null };
    book.replace([one]);
    const scope = book.scopeOf('team_1', 'a');
    book.replace([{ ...one, name: 'y' }]);
    expect([book.scopeOf('team_2', 'a'), scope?.ended]).toEqual([scope, false]);
    expect(book.scopeOf('team_2', 'a')).toBe(scope);
    book.replace([{ ...one, teamIds: ['team_2'] }]);
    expect([scope?.ended, book.scopeOf('team_1', 'a'), book.scopeOf('team_2', 'a')?.id]).toEqual([
      true,
      undefined,
      'share_1',
    ]);
  });
});
