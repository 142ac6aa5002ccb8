import type { Budget, BudgetWindows } from '@thriftgate/contracts';
import { budgetLine } from './budget-line';

const budget = (facts: Partial<Budget>) =>
  ({ limit_usd: '30', forecast_usd: '40', forecast_low_usd: '36', forecast_high_usd: '44', ...facts }) as Budget;

const windows = (facts: Partial<BudgetWindows['current']>) =>
  ({
    timezone: 'Asia/Seoul',
    current: {
      step: 'day',
      window_end: '2026-11-05T15:00:00.000Z',
      points: [
        { start: '2026-10-31T15:00:00.000Z', spent_usd: '4', cumulative_usd: '4' },
        { start: '2026-11-01T15:00:00.000Z', spent_usd: '6', cumulative_usd: '10' },
      ],
      ...facts,
    },
  }) as BudgetWindows;

describe('the line of a budget', () => {
  it('goes on straight from what was spent to the forecast, and says when it reaches the limit', () => {
    expect(budgetLine(budget({}), windows({}))).toEqual({
      keys: ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'],
      spent: ['4', '10', null, null, null],
      forecast: {
        values: [null, '10', '20', '30', '40'],
        low: [null, '10', '18.666666', '27.333333', '36'],
        high: [null, '10', '21.333333', '32.666666', '44'],
      },
      reachedAt: '2026-11-04',
    });
  });

  it('has hours of a window of a day', () => {
    const points = [{ start: '2026-11-01T15:00:00Z', spent_usd: '1', cumulative_usd: '1' }];
    const line = budgetLine(
      budget({ forecast_usd: '2' }),
      windows({ step: 'hour', window_end: '2026-11-01T18:00:00Z', points }),
    );
    expect(line.keys).toEqual(['2026-11-01T15:00:00.000Z', '2026-11-01T16:00:00.000Z', '2026-11-01T17:00:00.000Z']);
    expect([line.forecast?.values.at(-1), line.reachedAt]).toEqual(['2', undefined]);
  });

  it('has no forecast where there is none, and none on the last day', () => {
    expect(budgetLine(budget({ forecast_usd: null }), windows({})).forecast).toBeUndefined();
    expect(budgetLine(budget({}), windows({ window_end: '2026-11-02T15:00:00.000Z' })).forecast).toBeUndefined();
    expect(budgetLine(budget({}), windows({ window_end: null })).keys).toHaveLength(2);
  });
});
