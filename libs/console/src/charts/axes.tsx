import { AxisBottom, type TickRendererProps } from '@visx/axis';
import { GridRows } from '@visx/grid';
import { scaleLinear } from '@visx/scale';
import { memo } from 'react';
import { BORDER, DIMMED, TEXT } from './chart-styles';
import type { Bucket } from './series';
import type { Scales } from './use-scales';

interface AxesProps {
  scales: Scales;
  buckets: readonly Bucket[];
  inProgressLabel: string;
}

/** Lines and labels of both axes, and the mark of the bucket in progress. */
export const Axes = memo(function Axes({ scales, buckets, inProgressLabel }: AxesProps) {
  const { innerWidth, innerHeight, ticks, labelled, step } = scales;
  const amounts = scaleLinear<number>({ domain: [0, innerHeight], range: [0, innerHeight] });
  const times = scaleLinear<number>({ domain: [0, innerWidth], range: [0, innerWidth] });
  const running = buckets.findIndex(({ inProgress }) => inProgress);
  const middle = (bucket: number) => scales.left(bucket) + scales.width / 2;
  return (
    <>
      {running !== -1 && (
        <>
          <rect
            x={middle(running) - Math.max(step, 3) / 2}
            width={Math.max(step, 3)}
            height={innerHeight}
            fill={DIMMED}
            opacity={0.14}
          />
          <text x={Math.min(innerWidth, middle(running) + step / 2)} y={-5} textAnchor="end" fontSize={12} fill={TEXT}>
            {inProgressLabel}
          </text>
        </>
      )}
      <GridRows
        scale={amounts}
        tickValues={ticks.map(({ amount }) => Math.round(scales.top(amount)) + 0.5)}
        width={innerWidth}
        stroke={BORDER}
      />
      {ticks.map(({ amount, label }) => (
        <text key={amount} x={-8} y={scales.top(amount)} dy="0.35em" textAnchor="end" fontSize={12} fill={DIMMED}>
          {label}
        </text>
      ))}
      <AxisBottom
        scale={times}
        top={innerHeight}
        tickValues={labelled.map(middle)}
        tickFormat={(_, index) => buckets[labelled[index] ?? 0]?.axis}
        tickLength={4}
        stroke={DIMMED}
        tickStroke={DIMMED}
        tickComponent={TimeLabel}
      />
    </>
  );
});

function TimeLabel({ x, y, formattedValue }: TickRendererProps) {
  return (
    <text x={x} y={y} dy="0.5em" textAnchor="middle" fontSize={12} fill={DIMMED}>
      {formattedValue}
    </text>
  );
}
