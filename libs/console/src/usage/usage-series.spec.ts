import type { UsageRow } from '@thriftgate/contracts';
import { highest } from './measure';
import { groupKey, othersOf, seriesOf, totalsOf } from './usage-series';

const row = (facts: Partial<UsageRow>): UsageRow => ({
  requests: 1,
  refused: 0,
  errors: 0,
  estimated: 0,
  input_tokens: 0,
  cached_input_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  list_cost_usd: '0',
  cost_usd: '0',
  estimated_cost_usd: '0',
  saved_usd: '0',
  latency_p50_ms: null,
  latency_p95_ms: null,
  refused_by: {},
  ...facts,
});
const buckets = ['2026-11-01', '2026-11-02'];
const question = { grain: 'day', measure: 'cost', buckets } as const;

describe('the series of the usage chart', () => {
  const rows = [
    row({ day: '2026-11-01', model: 'a', cost_usd: '0.1' }),
    row({ day: '2026-11-02', model: 'a', cost_usd: '0.2', latency_p50_ms: 7 }),
    row({ day: '2026-11-02', model: 'b', cost_usd: '5' }),
  ];
  const drawn = [{ key: groupKey(row({ model: 'a' }), ['model']), name: 'a' }];

  it('have an amount in each bucket', () => {
    expect(seriesOf({ ...question, rows, drawn, groups: ['model'] })).toEqual([{ name: 'a', values: ['0.1', '0.2'] }]);
    const latency = seriesOf({ ...question, measure: 'latency_p50', rows, drawn, groups: ['model'] });
    expect(latency).toEqual([{ name: 'a', values: [null, '7'] }]);
  });

  it('leave to others exactly what the totals have beyond them', () => {
    const series = [{ name: 'a', values: ['0.1', '0.2'] }];
    expect(othersOf(['0.3', '5.2'], series)).toEqual(['0.2', '5']);
    expect(othersOf(['0.1', '0.2'], series)).toBeUndefined();
  });

  it('have the totals of the period, and of the one before', () => {
    const totals = [row({ day: '2026-11-02', cost_usd: '3', previous: row({ cost_usd: '2' }) })];
    expect(totalsOf(totals, question)).toEqual(['0', '3']);
    expect(totalsOf(totals, { ...question, ofPrevious: true })).toEqual(['0', '2']);
  });

  it('are those with the highest amounts, compared as decimals', () => {
    const found = highest(
      [
        row({ model: 'a', cost_usd: '9' }),
        row({ model: 'b', cost_usd: '10' }),
        row({ model: 'c' }),
        row({ others: 3, cost_usd: '99' }),
      ],
      'cost',
    );
    expect(found.map(({ model }) => model)).toEqual(['b', 'a']);
  });
});
