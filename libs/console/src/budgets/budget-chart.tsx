import type { Budget, BudgetWindows } from '@thriftgate/contracts';
import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { chartBuckets, Line } from '../charts';
import { paletteColour } from '../charts/series-colour';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { bucketLabel, zoneName } from '../format';
import { useText } from '../i18n/use-text';
import { budgetLine } from './budget-line';

/** What was spent so far, where it goes, and the limit. */
export function BudgetChart({ budget, windows }: { budget: Budget; windows: BudgetWindows }) {
  const text = useText();
  const money = useMoney();
  const { language } = useDisplay();
  const { timezone } = budget;
  const line = useMemo(() => budgetLine(budget, windows), [budget, windows]);
  const buckets = useMemo(() => chartBuckets(line.keys, timezone, language, new Date()), [line, timezone, language]);
  const series = useMemo(
    () => [{ name: text('budgets.cumulative'), values: line.spent, colour: paletteColour(0) }],
    [line, text],
  );
  const { spent_usd: spent, limit_usd: limit, forecast_usd: forecast } = budget;
  return (
    <>
      <Line
        title={text(forecast === null ? 'budgets.chart' : 'budgets.chartForecast', {
          spent: money.cell(spent),
          limit: money.cell(limit),
          forecast: forecast === null ? '' : money.cell(forecast),
        })}
        buckets={buckets}
        series={series}
        forecast={line.forecast}
        limit={{ name: text('budgets.limit'), amount: limit }}
        format={money.cell}
        formatTick={money.tick}
        tickUnit={money.tickUnit}
        timeHeader={text('budgets.time', { zone: zoneName(timezone, language, new Date()) })}
        height={220}
      />
      {line.reachedAt !== undefined && (
        <Text size="sm" c="var(--soon)" fw={600}>
          {text('budgets.reached', { when: bucketLabel(line.reachedAt, timezone, language) })}
        </Text>
      )}
    </>
  );
}
