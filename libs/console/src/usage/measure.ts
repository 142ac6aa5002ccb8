import type { UsageRow, UsageSums } from '@thriftgate/contracts';
import { compareDecimal } from '../format';
import type { MeasureName } from './usage-search';

type Sums = Omit<UsageSums, 'previous'>;

interface Measure {
  /** A decimal text; null where the calls have none. */
  of: (sums: Sums) => string | null;
  kind: 'money' | 'count' | 'latency';
}

const count = (of: (sums: Sums) => number): Measure => ({ kind: 'count', of: (sums) => String(of(sums)) });
const latency = (of: (sums: Sums) => number | null): Measure => ({
  kind: 'latency',
  of: (sums) => of(sums)?.toString() ?? null,
});

export const MEASURE: Record<MeasureName, Measure> = {
  cost: { kind: 'money', of: (sums) => sums.cost_usd },
  saved: { kind: 'money', of: (sums) => sums.saved_usd },
  list: { kind: 'money', of: (sums) => sums.list_cost_usd },
  requests: count((sums) => sums.requests),
  input: count((sums) => sums.input_tokens),
  cached: count((sums) => sums.cached_input_tokens),
  output: count((sums) => sums.output_tokens),
  latency_p50: latency((sums) => sums.latency_p50_ms),
  latency_p95: latency((sums) => sums.latency_p95_ms),
  errors: count((sums) => sums.errors),
};

/** The rows with the highest amount first, without the one of others and those without an amount. */
export function highest(rows: readonly UsageRow[], measure: MeasureName): UsageRow[] {
  const { of } = MEASURE[measure];
  return rows
    .filter((row) => row.others === undefined && compareDecimal(of(row) ?? '0', '0') > 0)
    .toSorted((a, b) => compareDecimal(of(b) ?? '0', of(a) ?? '0'));
}
