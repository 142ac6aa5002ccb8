import type { CSSProperties } from 'react';
import { useIntl } from 'react-intl';
import { cellText, type ChartColumn } from './chart-column';
import { BORDER, DIMMED, NUMBERS, SURFACE } from './chart-styles';
import type { Bucket } from './series';

interface ChartTableProps {
  title: string;
  timeHeader: string;
  buckets: readonly Bucket[];
  columns: readonly ChartColumn[];
  format: (amount: string) => string;
  height: number;
}

const CELL: CSSProperties = { padding: '4px 8px', borderBottom: `1px solid ${BORDER}` };
const HEAD: CSSProperties = { ...CELL, position: 'sticky', top: 0, background: SURFACE, fontWeight: 600 };

/** The numbers of a chart as a table that scrolls in itself. */
export function ChartTable({ title, timeHeader, buckets, columns, format, height }: ChartTableProps) {
  const intl = useIntl();
  const none = intl.formatMessage({ id: 'charts.noValue' });
  return (
    <div role="region" aria-label={title} tabIndex={0} style={{ maxHeight: height, overflow: 'auto' }}>
      <table style={{ borderCollapse: 'collapse', width: '100%', fontSize: 14 }}>
        <thead>
          <tr>
            <th scope="col" style={{ ...HEAD, textAlign: 'left' }}>
              {timeHeader}
            </th>
            {columns.map((column) => (
              <th key={column.name} scope="col" style={{ ...HEAD, ...alignment(column) }}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket, index) => (
            <tr key={bucket.key}>
              <th scope="row" style={{ ...CELL, textAlign: 'left', fontWeight: 400, whiteSpace: 'nowrap' }}>
                {bucket.label}
                {bucket.inProgress && (
                  <span style={{ color: DIMMED }}> · {intl.formatMessage({ id: 'charts.inProgress' })}</span>
                )}
              </th>
              {columns.map((column) => (
                <td key={column.name} style={{ ...CELL, ...alignment(column) }}>
                  {cellText(column, index, format) ?? (column.isText ? '' : none)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const alignment = ({ isText }: ChartColumn): CSSProperties => (isText ? { textAlign: 'left' } : NUMBERS);
