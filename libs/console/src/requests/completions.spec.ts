import { completionsOf } from './completions';

describe('completion in the filter', () => {
  it('offers fields, then their values', () => {
    expect(completionsOf('c', {})).toEqual(['cache:', 'cost:']);
    expect(completionsOf('-ca', {})).toEqual(['-cache:']);
    expect(completionsOf('cache:m', {})).toEqual(['cache:MISS']);
    expect(completionsOf('cache:hit,mi', {})).toEqual(['cache:hit,MISS']);
    expect(completionsOf('nothing:x', {})).toEqual([]);
  });

  it('offers the names that are known, in quotes where they have spaces', () => {
    expect(completionsOf('team:', { team: ['검색', '고객 지원'] })).toEqual(['team:검색', 'team:"고객 지원"']);
  });
});
