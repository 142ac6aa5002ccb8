import { Card } from '@mantine/core';
import type { CacheStats } from '@thriftgate/contracts';
import { useCallback, useMemo } from 'react';
import { chartBuckets, Line } from '../charts';
import { useDisplay } from '../display/use-display';
import { formatPercent } from '../format';
import { useText } from '../i18n/use-text';
import { GENERATION_TEXTS } from './cache-texts';
import { marksOn, ratesByDay } from './hit-rates';

interface RateChartProps {
  stats: CacheStats;
  days: readonly string[];
  /** The one model that is shown; undefined for all. */
  model: string | undefined;
}

/** Hit rate by day: a line for each model; of one model a line for each generation, with what began it. */
export function RateChart({ stats, days, model }: RateChartProps) {
  const text = useText();
  const { language } = useDisplay();
  const groups = stats.data ?? [];
  const buckets = useMemo(() => chartBuckets(days, 'UTC', language, new Date()), [days, language]);
  const series = useMemo(
    () =>
      ratesByDay(groups, days, (group) =>
        model === undefined
          ? (group.model ?? '')
          : text('cache.generationName', { generation: group.generation ?? 0, version: versionOf(stats, group) }),
      ),
    [groups, days, model, text, stats],
  );
  const marks = useMemo(
    () =>
      model === undefined
        ? []
        : marksOn(stats.generations, days, ({ generation, reason }) =>
            text('cache.mark', { generation, reason: text(GENERATION_TEXTS[reason]) }),
          ),
    [stats, days, model, text],
  );
  const format = useCallback((share: string) => formatPercent(Number(share), language), [language]);
  const title = text(model === undefined ? 'cache.chart' : 'cache.chartModel', {
    rate: formatPercent(stats.hit_rate, language),
    model: model ?? '',
  });
  return (
    <Card withBorder padding="md">
      <Line
        title={title}
        buckets={buckets}
        series={series}
        marks={marks}
        format={format}
        atLeast={1}
        timeHeader={text('cache.day')}
      />
    </Card>
  );
}

function versionOf(stats: CacheStats, { generation }: { generation?: number | undefined }): string {
  const row = stats.models.find((each) => each.generation === generation);
  return row?.version ?? '';
}
