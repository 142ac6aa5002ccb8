import type { Budget } from '@thriftgate/contracts';
import { budgetChanges, emptyForm, formOf, limitOf, newBudget, thresholdsOf } from './budget-form';

const form = emptyForm('Asia/Seoul', 'team_1');

describe('the form of a budget', () => {
  it.each([
    ['100', '100'],
    [' 1,000.50 ', '1000.50'],
    ['0', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['', undefined],
  ])('reads the limit %j', (limit, expected) => {
    expect(limitOf({ ...form, limit })).toBe(expected);
  });

  it.each([
    ['80, 100', [0.8, 1]],
    ['50%,99.5%', [0.5, 0.995]],
    ['', []],
    ['many', undefined],
    ['80;100', undefined],
  ])('reads the thresholds %j', (thresholds, expected) => {
    expect(thresholdsOf({ ...form, thresholds })).toEqual(expected);
  });

  it('makes a budget of a team, or of a key alone', () => {
    const rules = { limit_usd: '10', window: 'month', timezone: 'Asia/Seoul', action: 'block', thresholds: [0.8, 1] };
    expect(newBudget({ ...form, limit: '10' })).toEqual({ team_id: 'team_1', ...rules });
    expect(newBudget({ ...form, limit: '10', keyId: 'key_1' })).toEqual({ key_id: 'key_1', ...rules });
  });

  it('shows a budget as it is, and forgets the model where nothing is downgraded', () => {
    const budget = {
      team_id: 'team_1',
      key_id: null,
      limit_usd: '10',
      window: 'week',
      timezone: 'UTC',
      action: 'downgrade',
      downgrade_to: 'gpt-4.1-mini',
      thresholds: [0.55, 1],
    } as Budget;
    expect(formOf(budget).thresholds).toBe('55, 100');
    expect(budgetChanges(formOf(budget))).toMatchObject({ downgrade_to: 'gpt-4.1-mini', thresholds: [0.55, 1] });
    expect(budgetChanges({ ...formOf(budget), action: 'warn' }).downgrade_to).toBeNull();
  });
});
