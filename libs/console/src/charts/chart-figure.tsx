import { type ReactNode, type RefCallback, useState } from 'react';
import { useIntl } from 'react-intl';
import type { ChartColumn } from './chart-column';
import { BORDER, DIMMED, TEXT } from './chart-styles';
import { ChartTable } from './chart-table';
import { Legend } from './legend';
import type { Bucket } from './series';

/** What all charts over time have. */
export interface ChartProps {
  /** What the chart shows, in words: "11월 비용은 27일까지 $8,211, 지난달보다 3% 많음". */
  title: string;
  buckets: readonly Bucket[];
  /** Formats an amount in the tip, the table and announcements; keep it the same function while nothing changes. */
  format: (amount: string) => string;
  /** Formats an amount on the axis; `format` without one. */
  formatTick?: (amount: string) => string;
  /** What an amount of 1 is on the axis, whose labels are round there; 1 without it. */
  tickUnit?: number;
  /** Whether amounts are counts, so that the axis has no fractions. */
  whole?: boolean;
  /** The header of the buckets in the table, with the zone: "날짜 (KST)". */
  timeHeader: string;
  /** Pixels, 240 by default. */
  height?: number;
  /** Called with the bucket that is clicked, or that Enter is pressed at. */
  onSelect?: (bucket: Bucket) => void;
}

export const DEFAULT_HEIGHT = 240;

interface ChartFigureProps {
  chart: ChartProps;
  columns: readonly ChartColumn[];
  measure: RefCallback<HTMLElement>;
  children: ReactNode;
}

/** A figure with its title, a button that shows the same numbers as a table, and a legend. */
export function ChartFigure({ chart, columns, measure, children }: ChartFigureProps) {
  const intl = useIntl();
  const [asTable, setAsTable] = useState(false);
  const { title, timeHeader, buckets, format, height = DEFAULT_HEIGHT } = chart;
  const columnsOfTable = columns.filter(({ isText, values }) => !isText || values.some((value) => value !== null));
  return (
    <figure ref={measure} style={{ margin: 0, minWidth: 0 }}>
      <div style={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', gap: 8, marginBottom: 8 }}>
        <figcaption style={{ flex: '1 1 200px', fontSize: 14, color: TEXT }}>{title}</figcaption>
        <button
          type="button"
          onClick={() => setAsTable(!asTable)}
          style={{
            alignSelf: 'flex-start',
            minHeight: 28,
            padding: '0 10px',
            border: `1px solid ${BORDER}`,
            borderRadius: 4,
            background: 'transparent',
            color: TEXT,
            font: 'inherit',
            fontSize: 12,
            cursor: 'pointer',
          }}
        >
          {intl.formatMessage({ id: asTable ? 'charts.showChart' : 'charts.showTable' })}
        </button>
      </div>
      {asTable && <ChartTable {...{ title, timeHeader, buckets, format, height }} columns={columnsOfTable} />}
      {!asTable && buckets.length === 0 && (
        <div style={{ height, display: 'grid', placeItems: 'center', color: DIMMED, fontSize: 14 }}>
          {intl.formatMessage({ id: 'charts.empty' })}
        </div>
      )}
      {!asTable && buckets.length > 0 && children}
      {!asTable && buckets.length > 0 && <Legend columns={columns} />}
    </figure>
  );
}
