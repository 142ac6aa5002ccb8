import type { Budget, Team, UsageReport } from '@thriftgate/contracts';
import { teamRows } from './team-rows';

const teams = [{ id: 'team_1' }, { id: 'team_2' }] as Team[];
const usage = { data: [{ team: 'team_1', cost_usd: '3' }] } as UsageReport;
const budgets = [
  { id: 'budget_1', team_id: 'team_1', key_id: 'key_1' },
  { id: 'budget_2', team_id: 'team_1', key_id: null },
  { id: 'budget_3', team_id: 'team_2', key_id: 'key_2' },
] as Budget[];

describe('the rows of teams', () => {
  it('have the sums and the budget of the whole team', () => {
    const rows = teamRows(teams, usage, budgets);
    expect(rows.map(({ sums, budget }) => [sums?.cost_usd, budget?.id])).toEqual([
      ['3', 'budget_2'],
      [undefined, undefined],
    ]);
    expect(rows[1]?.budget).toBeNull();
  });

  it('do not say that there is no budget until budgets are known', () => {
    expect(teamRows(teams, usage).map(({ budget }) => budget)).toEqual([undefined, undefined]);
  });
});
