import type { UsageReport, UsageRow } from '@thriftgate/contracts';
import { usageChartData } from './usage-chart-data';
import { readUsage } from './usage-search';

jest.mock('../api/client', () => ({ api: {} }));

const sums = { cost_usd: '3', saved_usd: '1', requests: 7, latency_p95_ms: null };
const report = (rows: Partial<UsageRow>[]) => ({ data: rows, total: sums }) as UsageReport;
const span = { from: '2026-11-01', to: '2026-11-02', timezone: 'UTC', teamId: undefined };

/** What the chart draws for an address; the reports stay the same, as they do where only the measure changes. */
const chartOf = (raw: Record<string, string>) =>
  usageChartData({
    state: readUsage(raw),
    span,
    language: 'en',
    table: report([{ ...sums, model: 'a' }]),
    totals: report([{ ...sums, day: '2026-11-02' }]),
    byTime: [{ ...sums, day: '2026-11-02', model: 'a' } as UsageRow],
    nameOf: ({ model }) => model ?? '',
  });

describe('the chart of the usage page', () => {
  it('has the amounts of the measure that is chosen, with the same reports', () => {
    const amounts = (measure: string) => {
      const { state, series, total } = chartOf({ measure });
      return [state.measure, series[0]?.values, total];
    };
    expect(amounts('cost')).toEqual(['cost', ['0', '3'], '3']);
    expect(amounts('saved')).toEqual(['saved', ['0', '1'], '1']);
    expect(amounts('requests')).toEqual(['requests', ['0', '7'], '7']);
    expect(amounts('latency_p95')).toEqual(['latency_p95', undefined, null]);
  });
});
