import type { Budget } from '@thriftgate/contracts';
import {
  budgetChanges,
  emptyForm,
  formOf,
  isComplete,
  limitOf,
  mayChange,
  newBudget,
  thresholdsOf,
} from './budget-form';

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
    expect(limitOf({ ...form, limit_usd: limit })).toBe(expected);
  });

  it.each([
    ['80, 100', [0.8, 1]],
    ['50%,99.5%', [0.5, 0.995]],
    ['33.33, 66.6667', [0.3333, 0.666667]],
    ['', []],
    ['many', undefined],
    ['80;100', undefined],
  ])('reads the thresholds %j', (thresholds, expected) => {
    expect(thresholdsOf({ ...form, thresholds })).toEqual(expected);
  });

  it('makes a budget of a team, or of a key alone', () => {
    const rules = { limit_usd: '10', window: 'month', timezone: 'Asia/Seoul', action: 'block', thresholds: [0.8, 1] };
    expect(newBudget({ ...form, limit_usd: '10' })).toEqual({ team_id: 'team_1', ...rules });
    expect(newBudget({ ...form, limit_usd: '10', key_id: 'key_1' })).toEqual({ key_id: 'key_1', ...rules });
  });

  it('is complete with a limit and an owner, which is a key where the person may not limit the team', () => {
    const typed = { ...form, limit_usd: '10' };
    expect([form, { ...typed, team_id: '' }, typed].map((each) => isComplete(each, true))).toEqual([
      false,
      false,
      true,
    ]);
    expect([isComplete(typed, false), isComplete({ ...typed, key_id: 'key_1' }, false)]).toEqual([false, true]);
  });

  it('is for budgets of keys alone where the person is of a team', () => {
    const [ofTeam, ofKey] = [{ key_id: null }, { key_id: 'key_1' }] as Budget[];
    const may = (team: { id: string; name: string } | null, permissions: string[]) =>
      [ofTeam, ofKey].map((budget) => budget && mayChange({ team, permissions }, budget));
    expect(may(null, ['budgets:write'])).toEqual([true, true]);
    expect(may({ id: 'team_1', name: 'a' }, ['budgets:write'])).toEqual([false, true]);
    expect(may(null, ['budgets:read'])).toEqual([false, false]);
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
