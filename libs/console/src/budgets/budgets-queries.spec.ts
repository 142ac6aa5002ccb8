import { QueryClient } from '@tanstack/react-query';
import { pastQuery, type PastQuestion } from './budgets-queries';

const mockGet = jest.fn();
jest.mock('../api/client', () => ({
  api: { admin: { usage: { get: (...query: unknown[]) => mockGet(...query) } } },
}));

const ask = async (facts: Partial<PastQuestion>, data: object[] = []) => {
  mockGet.mockReset().mockResolvedValue({ data });
  const question = { teamId: 'team_1', keyId: undefined, window: 'month', timezone: 'Asia/Seoul', ...facts } as const;
  const windows = await new QueryClient().fetchQuery(pastQuery(question));
  return { windows: windows.map(({ name, spentUsd }) => `${name} ${spentUsd}`), query: mockGet.mock.calls[0]?.[0] };
};

describe('the last windows of a budget', () => {
  beforeEach(() => {
    // 09:30 on Tuesday, the 1st of December, in Seoul.
    jest.useFakeTimers({
      now: new Date('2026-12-01T00:30:00Z'),
      doNotFake: ['setTimeout', 'queueMicrotask', 'nextTick'],
    });
  });
  afterEach(() => jest.useRealTimers());

  it('are three and the running one, the latest last; without calls nothing was spent', async () => {
    const { windows, query } = await ask({}, [
      { month: '2026-10', cost_usd: '12.5' },
      { month: '2026-12', cost_usd: '1' },
    ]);
    expect(windows).toEqual(['2026-09 0', '2026-10 12.5', '2026-11 0', '2026-12 1']);
    expect(query).toMatchObject({
      from: '2026-09-01',
      to: '2026-12-01',
      timezone: 'Asia/Seoul',
      group_by: ['month'],
      team_id: 'team_1',
    });
  });

  it('are those of the key alone, where one is chosen', async () => {
    const { query } = await ask({ keyId: 'key_1' });
    expect(query).toMatchObject({ key: ['key_1'] });
    expect(query).not.toHaveProperty('team_id');
  });

  it('are days and whole weeks of the zone', async () => {
    const days = await ask({ window: 'day' }, [{ day: '2026-11-30', cost_usd: '2' }]);
    expect(days.windows).toEqual(['2026-11-28 0', '2026-11-29 0', '2026-11-30 2', '2026-12-01 0']);
    const weeks = await ask({ window: 'week' }, [{ week: '2026-W48', cost_usd: '3' }]);
    expect(weeks.windows).toEqual(['2026-W46 0', '2026-W47 0', '2026-W48 3', '2026-W49 0']);
    expect(weeks.query).toMatchObject({ from: '2026-11-09' });
  });

  it('are hours up to the one that runs', async () => {
    const { windows } = await ask({ window: 'hour' }, [{ hour: '2026-12-01T08:00:00+09:00', cost_usd: '4' }]);
    expect(windows).toEqual([
      '2026-11-30T21:00:00.000Z 0',
      '2026-11-30T22:00:00.000Z 0',
      '2026-11-30T23:00:00.000Z 4',
      '2026-12-01T00:00:00.000Z 0',
    ]);
  });
});
