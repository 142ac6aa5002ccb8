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
      {ticks.map(({ amount, label }) => (
        <g key={amount} transform={`translate(0,${Math.round(scales.top(amount)) + 0.5})`}>
          <line x2={innerWidth} stroke={BORDER} />
          <text x={-8} dy="0.35em" textAnchor="end" fontSize={12} fill={DIMMED}>
            {label}
          </text>
        </g>
      ))}
      <line x2={innerWidth} y1={innerHeight + 0.5} y2={innerHeight + 0.5} stroke={DIMMED} />
      {labelled.map((bucket) => (
        <g key={bucket} transform={`translate(${middle(bucket)},${innerHeight})`}>
          <line y2={4} stroke={DIMMED} />
          <text y={12} dy="0.5em" textAnchor="middle" fontSize={12} fill={DIMMED}>
            {buckets[bucket]?.axis}
          </text>
        </g>
      ))}
    </>
  );
});
