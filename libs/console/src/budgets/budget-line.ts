import type { Budget, BudgetWindows } from '@thriftgate/contracts';
import { addDays, compareDecimal, dateIn, daysOf, decimalText, parseDecimal, roundDecimal } from '../format';

const MS_PER_HOUR = 3_600_000;
const MICRO = 6;

/** What the chart of a budget draws, one value for each step of the window. */
export interface BudgetLine {
  /** Days of the budget's zone, or hours. */
  keys: string[];
  /** What was spent up to the end of each step; null for steps to come. */
  spent: (string | null)[];
  /** From the last step on; undefined without a forecast. */
  forecast: { values: (string | null)[]; low: (string | null)[]; high: (string | null)[] } | undefined;
  /** The step in which the forecast reaches the limit. */
  reachedAt: string | undefined;
}

/** The way of a budget through its window, and on to its forecast. */
export function budgetLine(budget: Budget, { current, timezone }: BudgetWindows): BudgetLine {
  const { points, step, window_end: end } = current;
  const nameOf = (start: string) =>
    step === 'hour' ? new Date(start).toISOString() : dateIn(timezone, new Date(start));
  const known = points.map(({ start }) => nameOf(start));
  const keys = end === null ? known : [...known, ...stepsAfter(known.at(-1), end, step, timezone)];
  const spent = keys.map((_, index) => points[index]?.cumulative_usd ?? null);
  const { forecast_usd: expected, forecast_low_usd: low, forecast_high_usd: high } = budget;
  const last = points.length - 1;
  const from = points[last]?.cumulative_usd;
  const steps = keys.length - 1 - last;
  if (expected === null || from === undefined || steps < 1) {
    return { keys, spent, forecast: undefined, reachedAt: undefined };
  }
  const towards = (to: string) =>
    keys.map((_, index) => (index < last ? null : between(from, to, index - last, steps)));
  const values = towards(expected);
  const reached = values.findIndex((value) => value !== null && compareDecimal(value, budget.limit_usd) >= 0);
  return {
    keys,
    spent,
    forecast: { values, low: towards(low ?? expected), high: towards(high ?? expected) },
    reachedAt: reached > last ? keys[reached] : undefined,
  };
}

function stepsAfter(last: string | undefined, end: string, step: 'hour' | 'day', zone: string): string[] {
  if (last === undefined) return [];
  const endMs = Date.parse(end);
  if (step === 'day') return daysOf(addDays(last, 1), dateIn(zone, new Date(endMs - 1)));
  const hours = Math.round((endMs - Date.parse(last)) / MS_PER_HOUR) - 1;
  return Array.from({ length: Math.max(0, hours) }, (_, index) =>
    new Date(Date.parse(last) + (index + 1) * MS_PER_HOUR).toISOString(),
  );
}

/** An amount on the straight way from one to another, to the micro-dollar. */
function between(from: string, to: string, step: number, steps: number): string {
  const micro = (usd: string) => parseDecimal(`${roundDecimal(usd, MICRO)}e${MICRO}`).units;
  const start = micro(from);
  return decimalText({ units: start + ((micro(to) - start) * BigInt(step)) / BigInt(steps), scale: MICRO });
}
