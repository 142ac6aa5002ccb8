import { DIMMED, SURFACE, TEXT } from './chart-styles';
import { labelRows, textWidth } from './layout';
import type { Scales } from './use-scales';

/** Something that began in a bucket. */
export interface LineMark {
  /** The index of the bucket. */
  at: number;
  /** `세대 3: 무효화` */
  label: string;
}

/** The height of a row of labels, in pixels. */
export const MARK_ROW = 16;
const ROWS = 3;
/** Labels stand above the one of the bucket in progress. */
const ABOVE = 18;

/** The row of each mark's label above the plot; undefined where there is no space, and the tip alone has it. */
export function markRows(marks: readonly LineMark[], buckets: number, width: number): (number | undefined)[] {
  const spans = marks.map(({ at, label }) => labelSpan(((at + 0.5) / Math.max(1, buckets)) * width, label, width));
  return labelRows(spans, ROWS);
}

/** A vertical line for each mark, with its label. */
export function MarkLines({
  marks,
  rows,
  scales,
}: {
  marks: readonly LineMark[];
  rows: readonly (number | undefined)[];
  scales: Scales;
}) {
  return marks.map(({ at, label }, index) => {
    const x = scales.left(at) + scales.width / 2;
    const row = rows[index];
    const y = row === undefined ? 0 : -ABOVE - MARK_ROW * row;
    return (
      <g key={`${at} ${label}`}>
        <path d={`M${x} ${y}V${scales.innerHeight}`} stroke={DIMMED} strokeDasharray="2 2" />
        {row !== undefined && (
          <text x={labelSpan(x, label, scales.innerWidth).from + 4} y={y - 4} fontSize={12} fill={TEXT}>
            {label}
          </text>
        )}
      </g>
    );
  });
}

/** A horizontal line with its name and amount above it, at the left, on an edge of the surface's colour. */
export function LimitLine({ name, text, y, width }: { name: string; text: string; y: number; width: number }) {
  return (
    <>
      <path d={`M0 ${y}H${width}`} stroke={TEXT} strokeWidth="1.5" strokeDasharray="8 3" />
      <text
        x={4}
        y={y - 5}
        fontSize={12}
        fill={TEXT}
        stroke={SURFACE}
        strokeWidth="3"
        paintOrder="stroke"
      >{`${name} ${text}`}</text>
    </>
  );
}

/** Where a label stands: in the middle over its mark, and not outside the plot. */
function labelSpan(x: number, label: string, width: number): { from: number; to: number } {
  const length = textWidth(label) + 8;
  const from = Math.max(0, Math.min(x - length / 2, width - length));
  return { from, to: from + length };
}
