import { useMemo } from 'react';
import { Line, MOST_SERIES, OTHERS_COLOUR, type Series, StackedColumns } from '../charts';
import { Panel } from '../components/panel';
import { formatPeriod, utc, zoneName } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { MEASURE } from './measure';
import type { UsageChartData } from './usage-chart-data';
import { groupsOf } from './usage-queries';
import { useMeasureFormat } from './use-measure-format';

interface UsageChartProps {
  /** Undefined while it is loaded. */
  chart: UsageChartData | undefined;
  isStale: boolean;
  error: unknown;
  onRetry: () => void;
}

/** The measure over time: columns of what can be summed, lines of latencies. */
export function UsageChart({ chart, isStale, error, onRetry }: UsageChartProps) {
  return (
    <Panel isLoading={!chart} isStale={isStale} error={chart ? undefined : error} onRetry={onRetry} height={340}>
      {chart && <Plot chart={chart} />}
    </Panel>
  );
}

function Plot({ chart }: { chart: UsageChartData }) {
  const text = useText();
  const { language } = useLanguage();
  const { state, span, buckets, series, others, total } = chart;
  const { format, tick, tickUnit } = useMeasureFormat(state.measure);
  const { kind } = MEASURE[state.measure];
  const before = useMemo(
    () => (chart.before ? { name: text('usage.before'), values: chart.before } : undefined),
    [chart, text],
  );
  const lines = useMemo(() => withBefore(chart.series, before), [chart, before]);
  const shared = {
    title: text('usage.chart', {
      measure: text(`usage.measure.${state.measure}`),
      groups: groupsOf(state)
        .map((group) => text(`usage.group.${group}`))
        .join(' × '),
      period: formatPeriod(span.from, span.to, span.timezone, language),
      total: total === null ? '' : format(total),
    }),
    buckets,
    format,
    formatTick: tick,
    tickUnit,
    whole: kind !== 'money',
    timeHeader: text('usage.time', { zone: zoneName(span.timezone, language, utc(span.to)) }),
    height: 280,
  };
  return kind === 'latency' ? (
    <Line {...shared} series={lines} />
  ) : (
    <StackedColumns {...shared} series={series} others={others} comparison={before} />
  );
}

const withBefore = (series: readonly Series[], before: Series | undefined): readonly Series[] =>
  before ? [...series.slice(0, MOST_SERIES - 1), { ...before, colour: OTHERS_COLOUR }] : series;
