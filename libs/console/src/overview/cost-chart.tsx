import { useNavigate } from '@tanstack/react-router';
import type { Overview } from '@thriftgate/contracts';
import { useMemo } from 'react';
import { type Bucket, chartBuckets, StackedColumns } from '../charts';
import { paletteColour } from '../charts/series-colour';
import { Panel } from '../components/panel';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { changeOf, formatChange, formatPeriod, utc, zoneName } from '../format';
import { useText } from '../i18n/use-text';
import { PAGES } from '../routes/pages';

/** Each day's cost and saving, together the list price. A day leads to its hours. */
export function CostChart({ overview, isStale }: { overview: Overview | undefined; isStale: boolean }) {
  const text = useText();
  const money = useMoney();
  const { timezone, language } = useDisplay();
  const navigate = useNavigate();
  const days = overview?.days;
  const buckets = useMemo(
    () => chartBuckets(days?.map(({ day }) => day) ?? [], timezone, language, new Date()),
    [days, timezone, language],
  );
  const series = useMemo(
    () => [{ name: text('overview.cost'), values: days?.map((day) => day.cost_usd) ?? [], colour: paletteColour(0) }],
    [days, text],
  );
  const saved = useMemo(
    () => ({
      name: text('overview.saved'),
      sumName: text('overview.list'),
      values: days?.map((day) => day.saved_usd) ?? [],
    }),
    [days, text],
  );
  const open = ({ key }: Bucket) =>
    void navigate({ to: PAGES.usage.path, search: { from: key, to: key, grain: 'hour' } } as never);
  return (
    <Panel isLoading={!overview} isStale={isStale} isFull height={300}>
      {overview && (
        <StackedColumns
          title={titleOf(overview)}
          buckets={buckets}
          series={series}
          saved={saved}
          format={money.cell}
          formatTick={money.tick}
          tickUnit={money.tickUnit}
          timeHeader={text('overview.day', { zone: zoneName(timezone, language, utc(days?.at(-1)?.day ?? '')) })}
          onSelect={open}
        />
      )}
    </Panel>
  );

  function titleOf({ total, previous, days: shown }: Overview): string {
    const period = formatPeriod(shown.at(0)?.day ?? '', shown.at(-1)?.day ?? '', timezone, language);
    const amounts = { period, cost: money.cell(total.cost_usd), saved: money.cell(total.saved_usd) };
    if (previous.total.requests === 0) return text('overview.chart', amounts);
    const change = changeOf(total.cost_usd, previous.total.cost_usd);
    if (change.direction === 'same') return text('overview.chart', amounts);
    return text(change.direction === 'up' ? 'overview.chartUp' : 'overview.chartDown', {
      ...amounts,
      change: formatChange(change, language).replace(/^[▲▼] /, ''),
    });
  }
}
