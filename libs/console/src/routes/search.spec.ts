import { parseSearch, sharedSearch, stringifySearch } from './search';

describe('the parameters of an address', () => {
  it('are texts that people can read, and come back as they were', () => {
    const search = { from: '30d', model: ['gpt-4.1', 'team//x'], text: '검색 & more', n: '007' };
    expect(parseSearch(stringifySearch(search))).toEqual(search);
    expect(stringifySearch({ n: '007', none: undefined, empty: '' })).toBe('?n=007');
    expect(stringifySearch({})).toBe('');
  });

  it('that pages share are kept where they make sense', () => {
    const search = { from: '2026-11-01', to: '2026-11-27', tz: 'Asia/Seoul', currency: 'KRW', team: 'team_01' };
    expect(sharedSearch(search)).toEqual(search);
    expect(sharedSearch({ from: '7d' })).toEqual({ from: '7d' });
  });

  it.each([
    [{ from: 'yesterday' }],
    [{ from: '2026-11-01' }],
    [{ from: '2026-11-27', to: '2026-11-01' }],
    [{ to: '2026-11-27' }],
    [{ tz: 'Mars/Olympus' }],
    [{ currency: 'EUR' }],
    [{ team: 'a/b' }],
    [{ team: ['a', 'b'] }],
  ])('that make no sense are left out: %j', (search) => {
    expect(sharedSearch(search)).toEqual({});
  });
});
