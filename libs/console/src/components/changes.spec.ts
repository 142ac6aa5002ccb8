import { changedMembers, hasConflict, rebased } from './changes';

const before = { name: 'a', models: ['gpt-4.1'], rpm_limit: 10 as number | null };

describe('the changes of a form', () => {
  it('are the members whose values differ', () => {
    expect(changedMembers(before, { ...before, models: ['gpt-4.1', 'gpt-5'], rpm_limit: null })).toEqual({
      models: ['gpt-4.1', 'gpt-5'],
      rpm_limit: null,
    });
    expect(changedMembers(before, { ...before, models: ['gpt-4.1'] })).toBeUndefined();
  });

  it('stay over newer values, and what was not typed is the newest', () => {
    const newest = { name: 'of another', models: ['gpt-5'], rpm_limit: 20 };
    expect(rebased(before, { ...before, name: 'typed' }, newest)).toEqual({ ...newest, name: 'typed' });
    expect(rebased(before, before, newest)).toEqual(newest);
  });

  it.each([
    ['typed alone', { name: 'typed' }, {}, false],
    ['of another person alone', {}, { name: 'theirs' }, false],
    ['of different fields', { name: 'typed' }, { rpm_limit: 20 }, false],
    ['to the same value', { models: ['gpt-5'] }, { models: ['gpt-5'] }, false],
    ['of one field', { models: ['gpt-5'] }, { models: ['gpt-4.1', 'o3'] }, true],
  ])('%s: in conflict or not', (_, typed, theirs, isConflict) => {
    expect(hasConflict(before, { ...before, ...typed }, { ...before, ...theirs })).toBe(isConflict);
  });
});
