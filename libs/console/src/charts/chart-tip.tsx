import { useIntl } from 'react-intl';
import { cellText, type ChartColumn } from './chart-column';
import { BORDER, DIMMED, NUMBERS, SURFACE, TEXT } from './chart-styles';
import { SwatchMark } from './legend';
import type { Bucket } from './series';

interface ChartTipProps {
  bucket: Bucket;
  index: number;
  columns: readonly ChartColumn[];
  format: (amount: string) => string;
  /** The middle of the column, and the width of the chart, in pixels. */
  x: number;
  width: number;
}

/** The amounts of the active bucket, beside its column; hidden from screen readers, which hear the announcement. */
export function ChartTip({ bucket, index, columns, format, x, width }: ChartTipProps) {
  const intl = useIntl();
  const side = x > width / 2 ? { right: width - x + 12 } : { left: x + 12 };
  return (
    <div
      aria-hidden="true"
      style={{
        position: 'absolute',
        top: 8,
        ...side,
        zIndex: 1,
        maxWidth: Math.max(140, width / 2 - 16),
        padding: '8px 10px',
        border: `1px solid ${BORDER}`,
        borderRadius: 4,
        background: SURFACE,
        color: TEXT,
        boxShadow: '0 2px 8px rgb(0 0 0 / 0.16)',
        fontSize: 12,
        lineHeight: 1.5,
        pointerEvents: 'none',
      }}
    >
      <div style={{ fontWeight: 600, marginBottom: 2 }}>
        {bucket.label}
        {bucket.inProgress && (
          <span style={{ color: DIMMED, fontWeight: 400 }}> · {intl.formatMessage({ id: 'charts.inProgress' })}</span>
        )}
      </div>
      {columns.map((column) => {
        const text = cellText(column, index, format);
        return text === undefined ? null : (
          <div key={column.name} style={{ display: 'flex', alignItems: 'center', gap: 6 }}>
            {column.colour === undefined ? (
              <span style={{ width: 12 }} />
            ) : (
              <SwatchMark colour={column.colour} kind={column.swatch} />
            )}
            <span style={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
              {column.name}
            </span>
            <span style={NUMBERS}>{text}</span>
          </div>
        );
      })}
    </div>
  );
}
