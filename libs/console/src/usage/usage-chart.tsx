import { useMemo } from 'react';
import { Line, type Series, StackedColumns } from '../charts';
import { Panel } from '../components/panel';
import { zoneName } from '../display/zone-name';
import { formatPeriod } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { MEASURE } from './measure';
import type { UsageSpan } from './usage-queries';
import { groupsOf } from './usage-queries';
import type { UsageState } from './usage-search';
import type { UsageChartData } from './use-usage';
import { useMeasureFormat } from './use-measure-format';

interface UsageChartProps {
  state: UsageState;
  span: UsageSpan;
  /** Undefined while it is loaded. */
  data: UsageChartData | undefined;
  /** Of the whole period, formatted. */
  total: string | undefined;
  isStale: boolean;
  error: unknown;
  onRetry: () => void;
}

/** The measure over time: columns of what can be summed, lines of latencies. */
export function UsageChart({ state, span, data, total, isStale, error, onRetry }: UsageChartProps) {
  const text = useText();
  const { language } = useLanguage();
  const { format, tick } = useMeasureFormat(state.measure);
  const { kind } = MEASURE[state.measure];
  const before = useMemo(
    () => (data?.before ? { name: text('usage.before'), values: data.before } : undefined),
    [data, text],
  );
  const lines = useMemo(() => withBefore(data?.series ?? [], before), [data, before]);
  const shared = {
    title: text('usage.chart', {
      measure: text(`usage.measure.${state.measure}`),
      groups: groupsOf(state)
        .map((group) => text(`usage.group.${group}`))
        .join(' × '),
      period: formatPeriod(span.from, span.to, span.timezone, language),
      total: total ?? '',
    }),
    buckets: data?.buckets ?? [],
    format,
    formatTick: tick,
    whole: kind !== 'money',
    timeHeader: text('usage.time', { zone: zoneName(span.timezone) }),
    height: 280,
  };
  return (
    <Panel isLoading={!data} isStale={isStale} error={data ? undefined : error} onRetry={onRetry} height={340}>
      {kind === 'latency' ? (
        <Line {...shared} series={lines} />
      ) : (
        <StackedColumns {...shared} series={data?.series ?? []} others={data?.others} comparison={before} />
      )}
    </Panel>
  );
}

const withBefore = (series: readonly Series[], before: Series | undefined): readonly Series[] =>
  before ? [...series.slice(0, 5), { ...before, colour: 'var(--series-others, #7d828a)' }] : series;
