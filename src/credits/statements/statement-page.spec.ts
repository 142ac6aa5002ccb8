import type { Statement } from '@thriftgate/contracts';
import { statementPage } from './statement-page';

const line = {
  requests: 1_204_331,
  input_tokens: 9_123_456_789,
  output_tokens: 12,
  list_cost_usd: '12843.918273645192',
  saved_usd: '0',
  cost_usd: '1000',
};
const statement: Statement = {
  team_id: 'team_1',
  team_name: '검색 <팀>',
  month: '2026-11',
  timezone: 'Asia/Seoul',
  opening_balance_usd: '-1234567.5',
  closing_balance_usd: '999.123456789012',
  movements: [{ at: '2026-11-30T14:59:00.000Z', kind: 'top_up', note: '"충전"', amount_usd: '-1500.00' }],
  usage: [{ model: 'gpt-4.1', ...line }],
  usage_total: line,
} as Statement;

describe('the page of a statement', () => {
  it('N15: has grouped amounts in cents with the exact ones beside, in the language and time zone', () => {
    const page = statementPage(statement, 'ko');
    for (const text of [
      '12,843.918273645192',
      '9,123,456,789',
      '>1,000.00<',
      '-1,500.00',
      '<span>$1,234,567.50</span>',
      '$999.12 <small class="exact">999.123456789012</small>',
    ])
      expect(page).toContain(text);
    for (const text of ['<html lang="ko">', '이월 청구액', '기말 잔액', '충전', '2026. 11. 30. 23:59'])
      expect(page).toContain(text);
    expect(statementPage(statement, 'en')).toContain('2026-11-30 23:59');
  });

  it('escapes every text', () => {
    const page = statementPage(statement, 'en');
    expect(page).toContain('검색 &#60;팀&#62;');
    expect(page).toContain('&#34;충전&#34;');
  });
});
