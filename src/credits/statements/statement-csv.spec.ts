import { type OrganisationStatement, type Statement, statementSchema } from '@thriftgate/contracts';
import { organisationCsv, statementCsv } from './statement-csv';

const EXAMPLE = statementSchema.meta()?.example as Statement;

describe('the table of a statement', () => {
  it('N15: has two decimals and the exact value beside, and says what is owed', () => {
    const csv = statementCsv({ ...EXAMPLE, opening_balance_usd: '0', closing_balance_usd: '-0.076906' }, 'en');
    const [header, opening, ...lines] = csv.split('\r\n').filter((each) => each !== '');
    expect(header?.startsWith('\ufeffKind,Date,')).toBe(true);
    expect(header?.endsWith('Amount (USD),Amount (USD) – exact')).toBe(true);
    expect(opening?.endsWith(',0.00,0')).toBe(true);
    expect(lines.at(-1)?.startsWith('Amount owed,')).toBe(true);
    expect(lines.at(-1)?.endsWith(',0.08,0.076906')).toBe(true);
  });

  it('N15: has all teams and their sums', () => {
    const usage = { ...EXAMPLE.usage_total, cost_usd: '3.105' };
    const line = {
      opening_balance_usd: '0',
      credits_usd: '0',
      usage,
      closing_balance_usd: '-3.105',
      amount_owed_usd: '3.105',
    };
    const statement: OrganisationStatement = {
      month: '2026-11',
      timezone: 'Asia/Seoul',
      teams: [{ team_id: 'team_1', team_name: '검색', ...line }],
      total: line,
    };
    const [, team, total] = organisationCsv(statement, 'ko').split('\r\n');
    expect(team).toMatch(/^검색,team_1,1200,.*,3\.11,3\.105,-3\.11,-3\.105,3\.11,3\.105$/);
    expect(total?.startsWith('합계,,1200,')).toBe(true);
  });
});
