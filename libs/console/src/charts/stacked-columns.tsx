import { useId, useMemo } from 'react';
import { useIntl } from 'react-intl';
import type { ChartColumn } from './chart-column';
import { ChartFigure, type ChartProps, DEFAULT_HEIGHT } from './chart-figure';
import { DIMMED, TEXT } from './chart-styles';
import { columnPaths, linePath } from './layout';
import { Plot } from './plot';
import { type Amount, foldSeries, pixelValues, type Series, sumsByBucket } from './series';
import { seriesColour } from './series-colour';
import { useScales } from './use-scales';
import { useWidth } from './use-width';

export interface StackedColumnsProps extends ChartProps {
  /** The first is at the bottom. Beyond six they are summed as "others". */
  series: readonly Series[];
  /** The report's own row of others, in "others" as well. */
  others?: readonly (Amount | null)[];
  /** A hatched part on top: what was saved, so that the whole column is the list price, which `sumName` names. */
  saved?: { name: string; sumName: string; values: readonly (Amount | null)[] };
  /** A dashed line: the totals of the period before, by place and not by date. */
  comparison?: { name: string; values: readonly (Amount | null)[] };
}

/** Amounts over time by series, stacked; one path a series, however many columns there are. */
export function StackedColumns(props: StackedColumnsProps) {
  const { series, others, saved, comparison, buckets, format, height = DEFAULT_HEIGHT } = props;
  const intl = useIntl();
  const [measure, width] = useWidth();
  const othersName = intl.formatMessage({ id: 'charts.others' });
  const totalName = intl.formatMessage({ id: 'charts.total' });

  const parts = useMemo(() => {
    const folded = foldSeries(series, othersName, others);
    const names = folded.filter(({ colour }) => colour === undefined).map(({ name }) => name);
    return folded.map((part) => ({ ...part, colour: part.colour ?? seriesColour(part.name, names) }));
  }, [series, others, othersName]);

  const columns = useMemo((): ChartColumn[] => {
    const amounts = parts.map(({ values }) => values);
    const stacked = parts.map(({ name, values, colour }) => ({ name, values, colour, inLegend: true })).toReversed();
    const total = { name: totalName, values: sumsByBucket(amounts), inLegend: false };
    return [
      ...(parts.length > 1 ? [total] : []),
      ...(saved ? [{ name: saved.sumName, values: sumsByBucket([...amounts, saved.values]), inLegend: false }] : []),
      ...(saved
        ? [{ name: saved.name, values: saved.values, colour: DIMMED, swatch: 'hatched' as const, inLegend: true }]
        : []),
      ...stacked,
      ...(comparison ? [{ ...comparison, colour: TEXT, swatch: 'dashed' as const, inLegend: true }] : []),
    ];
  }, [parts, saved, comparison, totalName]);

  const stacks = useMemo(
    () => [...parts.map(({ values }) => pixelValues(values)), ...(saved ? [pixelValues(saved.values)] : [])],
    [parts, saved],
  );
  const greatest = useMemo(() => {
    const sums = buckets.map((_, bucket) => stacks.reduce((sum, values) => sum + (values[bucket] ?? 0), 0));
    return Math.max(0, ...sums, ...pixelValues(comparison?.values ?? []));
  }, [buckets, stacks, comparison]);
  const { formatTick = format, tickUnit, whole } = props;
  const scales = useScales({ width, height, buckets, greatest, formatTick, tickUnit, whole });
  const paths = useMemo(() => columnPaths(stacks, scales), [stacks, scales]);
  const hatch = useId();

  return (
    <ChartFigure chart={props} columns={columns} measure={measure}>
      <Plot {...{ title: props.title, width, scales, buckets, columns, format }} onSelect={props.onSelect}>
        {saved && (
          <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M1 0V6" stroke={DIMMED} strokeWidth="1.5" />
          </pattern>
        )}
        {paths.map((path, index) => {
          const part = parts[index];
          return part ? (
            <path key={part.name} d={path} fill={part.colour} />
          ) : (
            <path
              key="saved"
              d={path}
              fill={`url(#${hatch})`}
              stroke={DIMMED}
              strokeWidth={scales.width < 4 ? 0 : 0.75}
            />
          );
        })}
        {comparison && (
          <path
            d={linePath(numbers(comparison.values).slice(0, buckets.length), scales)}
            fill="none"
            stroke={TEXT}
            strokeWidth="1.5"
            strokeDasharray="4 3"
          />
        )}
      </Plot>
    </ChartFigure>
  );
}

const numbers = (values: readonly (Amount | null)[]) => values.map((value) => (value === null ? null : Number(value)));
