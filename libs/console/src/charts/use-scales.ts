import { nice, ticks as roundAmounts } from 'd3-array';
import { useMemo } from 'react';
import { labelledBuckets, type Placement, textWidth } from './layout';
import type { Bucket } from './series';

/** The space around a plot, in pixels; on the left it is as wide as the labels. */
const MARGIN = { top: 18, right: 8, bottom: 26 };
const LEAST_LABEL_SPACE = 16;
/** About how many lines the amounts have. */
const LINES = 4;
/** The space to the next bucket, unless buckets are narrow, and at the edges of the plot: parts of a step. */
const SPACE = 0.25;
const EDGE = 0.1;

/** The place of everything in a plot, in pixels within its margins. */
export interface Scales extends Placement {
  height: number;
  marginLeft: number;
  marginTop: number;
  innerWidth: number;
  innerHeight: number;
  /** From one bucket to the next. */
  step: number;
  /** The amounts that have a line and a label. */
  ticks: { amount: number; label: string }[];
  /** The buckets that have a label. */
  labelled: number[];
}

export interface ScaleOptions {
  width: number;
  height: number;
  buckets: readonly Bucket[];
  /** The greatest amount; the axis ends at the round amount above it. */
  greatest: number;
  formatTick: (amount: string) => string;
  /** What an amount of 1 is on the axis, whose labels are round there: won for dollars. */
  tickUnit?: number | undefined;
  /** More space above, for labels. */
  labelSpace?: number;
  /** Whether amounts between whole ones have no line, as for counts. */
  whole?: boolean | undefined;
}

/** The scales of a plot: amounts from zero, buckets of equal width. */
export function useScales(options: ScaleOptions): Scales {
  const { width, height, buckets, greatest, formatTick, tickUnit = 1, labelSpace = 0, whole = false } = options;
  return useMemo(() => {
    const marginTop = MARGIN.top + labelSpace;
    const innerHeight = height - marginTop - MARGIN.bottom;
    const [, roundHighest = 1] = nice(0, greatest > 0 ? greatest * tickUnit : 1, LINES);
    const highest = roundHighest / tickUnit;
    const ticks = (greatest > 0 ? roundAmounts(0, roundHighest, LINES) : [0])
      .filter((amount) => !whole || Number.isInteger(amount))
      .map((amount) => ({ amount: amount / tickUnit, label: formatTick(String(amount / tickUnit)) }));
    const marginLeft = Math.max(...ticks.map(({ label }) => textWidth(label))) + 10;
    const innerWidth = Math.max(40, width - marginLeft - MARGIN.right);
    const space = innerWidth / Math.max(1, buckets.length) < 4 ? 0 : SPACE;
    const step = innerWidth / Math.max(1, buckets.length - space + EDGE * 2);
    const spacing = Math.max(0, ...buckets.slice(0, 100).map(({ axis }) => textWidth(axis))) + LEAST_LABEL_SPACE;
    const midnight = buckets.findIndex(({ axis }) => !axis.includes(':'));
    return {
      height,
      marginLeft,
      marginTop,
      innerWidth,
      innerHeight,
      ticks,
      top: (amount) => innerHeight * (1 - amount / highest),
      left: (bucket) => (bucket + EDGE) * step,
      width: step * (1 - space),
      step,
      labelled: labelledBuckets(buckets.length, Math.max(0, midnight), Math.floor(innerWidth / spacing)),
    };
  }, [width, height, buckets, greatest, formatTick, tickUnit, labelSpace, whole]);
}
