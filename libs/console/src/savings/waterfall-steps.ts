import type { SavedBy, SavingsReport } from '@thriftgate/contracts';
import { addDecimal, compareDecimal, multiplyDecimal, ratio, sumDecimals } from '../format';

export interface WaterfallStep {
  id: 'list' | SavedBy | 'rest' | 'paid';
  kind: 'sum' | 'saving';
  /** Decimal dollars; of a saving, what it takes away. */
  usd: string;
  /** Where its bar begins and how long it is, as parts of the list price. */
  start: number;
  length: number;
}

/** From the list price down to what was paid, the greatest saving first. What has no source stands as the rest. */
export function waterfallSteps({
  list_cost_usd: list,
  cost_usd: paid,
  saved_by: by,
}: SavingsReport['total']): WaterfallStep[] {
  const sources = (Object.entries(by) as [SavedBy, string][])
    .filter(([, usd]) => compareDecimal(usd, '0') !== 0)
    .toSorted(([, a], [, b]) => compareDecimal(b, a));
  const named = sumDecimals(sources.map(([, usd]) => usd));
  const rest = subtract(subtract(list, paid), named);
  const savings = compareDecimal(rest, '0') === 0 ? sources : [...sources, ['rest', rest] as const];
  const steps: WaterfallStep[] = [{ id: 'list', kind: 'sum', usd: list, start: 0, length: 1 }];
  let left = list;
  for (const [id, usd] of savings) {
    const after = subtract(left, usd);
    const [high, low] = [part(left, list), part(after, list)].toSorted((a, b) => b - a);
    steps.push({ id, kind: 'saving', usd, start: low ?? 0, length: (high ?? 0) - (low ?? 0) });
    left = after;
  }
  return [...steps, { id: 'paid', kind: 'sum', usd: paid, start: 0, length: part(paid, list) }];
}

const subtract = (from: string, usd: string) => addDecimal(from, multiplyDecimal(usd, '-1'));

const part = (usd: string, list: string) => Math.min(1, Math.max(0, ratio(usd, list) ?? 0));
