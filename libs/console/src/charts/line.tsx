import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import type { ChartColumn } from './chart-column';
import { ChartFigure, type ChartProps, DEFAULT_HEIGHT } from './chart-figure';
import { TEXT } from './chart-styles';
import { bandPath, linePath } from './layout';
import { LimitLine, MARK_ROW, MarkLines, markRows, type LineMark } from './line-marks';
import { Plot } from './plot';
import type { Amount, Series } from './series';
import { seriesColour } from './series-colour';
import { useScales } from './use-scales';
import { useWidth } from './use-width';

type Values = readonly (Amount | null)[];

export interface LineProps extends ChartProps {
  /** At most six; a gap where a bucket has no value. */
  series: readonly Series[];
  /** A dashed line with a band; null before it begins. Give it the last known amount too, and the lines meet. */
  forecast?: { values: Values; low: Values; high: Values; colour?: string };
  /** A line over the whole width. */
  limit?: { name: string; amount: Amount };
  /** Where something began, such as a cache generation, each with the bucket's index. */
  marks?: readonly LineMark[];
  /** The greatest amount of the axis at least; 1 for ratios. */
  atLeast?: number;
}

/** Amounts over time as straight lines, with a forecast, a limit and marks. */
export function Line(props: LineProps) {
  const { series, forecast, limit, marks, buckets, format, formatTick = format, height = DEFAULT_HEIGHT } = props;
  const intl = useIntl();
  const [measure, width] = useWidth();
  const text = useMemo(
    () => ({
      forecast: intl.formatMessage({ id: 'charts.forecast' }),
      low: intl.formatMessage({ id: 'charts.forecastLow' }),
      high: intl.formatMessage({ id: 'charts.forecastHigh' }),
      events: intl.formatMessage({ id: 'charts.events' }),
    }),
    [intl],
  );

  const lines = useMemo(() => {
    const names = series.filter(({ colour }) => colour === undefined).map(({ name }) => name);
    return series.map(({ name, values, colour }) => ({ name, values, colour: colour ?? seriesColour(name, names) }));
  }, [series]);
  const forecastColour = forecast?.colour ?? lines[0]?.colour ?? TEXT;

  const columns = useMemo((): ChartColumn[] => {
    const events = buckets.map((_, bucket) => {
      const labels = (marks ?? []).filter(({ at }) => at === bucket).map(({ label }) => label);
      return labels.length === 0 ? null : labels.join(', ');
    });
    return [
      ...lines.map((line) => ({ ...line, swatch: 'line' as const, inLegend: true })),
      ...(forecast
        ? [
            {
              name: text.forecast,
              values: forecast.values,
              colour: forecastColour,
              swatch: 'dashed' as const,
              inLegend: true,
            },
            { name: text.low, values: forecast.low, inLegend: false },
            { name: text.high, values: forecast.high, inLegend: false },
          ]
        : []),
      ...(limit ? [{ name: limit.name, values: buckets.map(() => limit.amount), inLegend: false }] : []),
      ...(marks ? [{ name: text.events, values: events, inLegend: false, isText: true }] : []),
    ];
  }, [lines, forecast, forecastColour, limit, marks, buckets, text]);

  const greatest = useMemo(() => {
    const drawn = [...lines.map(({ values }) => values), forecast?.values ?? [], forecast?.high ?? []].flat();
    return Math.max(props.atLeast ?? 0, Number(limit?.amount ?? 0), ...drawn.map((amount) => Number(amount ?? 0)));
  }, [lines, forecast, limit, props.atLeast]);
  const rows = useMemo(() => markRows(marks ?? [], buckets.length, width), [marks, buckets.length, width]);
  const labelSpace = Math.max(0, ...rows.map((row) => (row ?? -1) + 1)) * MARK_ROW;
  const { tickUnit, whole } = props;
  const scales = useScales({ width, height, buckets, greatest, formatTick, tickUnit, labelSpace, whole });
  const paths = useMemo(() => lines.map(({ values }) => linePath(numbers(values), scales)), [lines, scales]);

  return (
    <ChartFigure chart={props} columns={columns} measure={measure}>
      <Plot {...{ title: props.title, width, scales, buckets, columns, format }} onSelect={props.onSelect}>
        {marks && <MarkLines marks={marks} rows={rows} scales={scales} />}
        {forecast && (
          <>
            <path
              d={bandPath(numbers(forecast.low), numbers(forecast.high), scales)}
              fill={forecastColour}
              opacity="0.18"
            />
            <path
              d={linePath(numbers(forecast.values), scales)}
              fill="none"
              stroke={forecastColour}
              strokeWidth="2"
              strokeDasharray="4 4"
            />
          </>
        )}
        {lines.map(({ name, colour }, index) => (
          <path key={name} d={paths[index]} fill="none" stroke={colour} strokeWidth="2" strokeLinejoin="round" />
        ))}
        {limit && (
          <LimitLine
            name={limit.name}
            text={format(String(limit.amount))}
            y={scales.top(Number(limit.amount))}
            width={scales.innerWidth}
          />
        )}
      </Plot>
    </ChartFigure>
  );
}

const numbers = (values: Values) => values.map((value) => (value === null ? null : Math.max(0, Number(value))));
