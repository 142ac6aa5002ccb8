import { differences } from './diff';

describe('what an event has changed', () => {
  it('is each member that differs, also within objects, with how many do not', () => {
    const before = { name: 'search', limit: 10, cache: { shared: true, ttl: 60 }, models: ['a', 'b'], gone: null };
    const after = { name: 'search', limit: 20, cache: { shared: false, ttl: 60 }, models: ['a', 'b', 'c'] };
    expect(differences({ before, after })).toEqual({
      changed: [
        { member: 'limit', before: '10', after: '20' },
        { member: 'cache.shared', before: 'true', after: 'false' },
        { member: 'models', before: '["a","b"]', after: '["a","b","c"]' },
        { member: 'gone', before: 'null', after: undefined },
      ],
      unchanged: 2,
    });
  });

  it('is everything of a new object, and of a deleted one', () => {
    expect(differences({ before: null, after: { name: 'x' } }).changed).toEqual([
      { member: 'name', before: undefined, after: 'x' },
    ]);
    expect(differences({ before: { name: 'x' }, after: null }).changed).toEqual([
      { member: 'name', before: 'x', after: undefined },
    ]);
    expect(differences({ before: null, after: null })).toEqual({ changed: [], unchanged: 0 });
  });
});
