import { readMonth } from './statements-search';
import { statementAddress } from './statements-queries';

jest.mock('../api/client', () => ({ api: {} }));

describe('the month of the statements', () => {
  it('is that of the address, where it is one', () => {
    expect(readMonth({ month: '2026-11' })).toEqual({ month: '2026-11' });
    for (const month of ['2026-13', '2026', ['2026-11', '2026-12'], undefined])
      expect(readMonth({ month })).toEqual({ month: undefined });
  });

  it('has an address as CSV', () => {
    const query = { timezone: 'Asia/Seoul', lang: 'ko', format: 'csv' } as const;
    expect(statementAddress('2026-11', query)).toBe(
      '/admin/statements/2026-11?timezone=Asia%2FSeoul&lang=ko&format=csv',
    );
    expect(statementAddress('2026-11', { ...query, teamId: 'a/b' })).toMatch(
      /^\/admin\/teams\/a%2Fb\/statements\/2026-11\?/,
    );
  });
});
