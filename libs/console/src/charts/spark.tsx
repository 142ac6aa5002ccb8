import { useMemo } from 'react';
import { linePath, type Placement } from './layout';
import type { Amount } from './series';
import { paletteColour } from './series-colour';

export interface SparkProps {
  /** What the line says, in words: "24시간 오류: 12건, 가장 많은 시간 23:00 9건". The numbers stand beside it. */
  title: string;
  values: readonly (Amount | null)[];
  /** Pixels, 96 × 24 by default. */
  width?: number;
  height?: number;
  colour?: string;
}

/** A small line without axes, from zero; the last value has a dot. */
export function Spark({ title, values, width = 96, height = 24, colour = paletteColour(0) }: SparkProps) {
  const { path, last } = useMemo(() => {
    const numbers = values.map((value) => (value === null ? null : Math.max(0, Number(value))));
    const greatest = Math.max(...numbers.map((value) => value ?? 0), 0) || 1;
    const step = width / Math.max(1, numbers.length);
    const placement: Placement = {
      left: (bucket) => bucket * step,
      width: step,
      top: (amount) => height - 3 - (amount / greatest) * (height - 6),
    };
    const end = numbers.findLastIndex((value) => value !== null);
    const amount = numbers[end] ?? null;
    return {
      path: linePath(numbers, placement),
      last: amount === null ? undefined : { x: (end + 0.5) * step, y: placement.top(amount) },
    };
  }, [values, width, height]);
  return (
    <svg
      role="img"
      aria-label={title}
      width={width}
      height={height}
      style={{ display: 'inline-block', verticalAlign: 'middle' }}
    >
      <title>{title}</title>
      <path d={path} fill="none" stroke={colour} strokeWidth="1.5" strokeLinejoin="round" />
      {last && <circle cx={last.x} cy={last.y} r="2" fill={colour} />}
    </svg>
  );
}
