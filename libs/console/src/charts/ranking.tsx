import type { ReactNode } from 'react';
import { BORDER, DIMMED, NUMBERS, TEXT } from './chart-styles';
import { Legend } from './legend';
import type { Amount } from './series';
import { paletteColour } from './series-colour';

export interface RankingRow {
  /** Unique in the chart. */
  id: string;
  name: string;
  /** What the row is made of, as a link. */
  href?: string;
  value: Amount;
  /** The second, lighter part of the bar. */
  second?: Amount;
}

export interface RankingProps {
  /** What the chart shows, in words. */
  title: string;
  /** The greatest first, as the server sorted them. */
  rows: readonly RankingRow[];
  /** Headers of the table: what is ranked, the amount, and the second part if there is one. */
  headers: { name: string; value: string; second?: string };
  format: (amount: string) => string;
  colour?: string;
  /** Renders a row's link, for a router; a plain `<a>` without one. */
  renderLink?: (row: RankingRow, children: ReactNode) => ReactNode;
}

/** Names with bars of one or two parts. It is a table, so it needs no other one behind it. */
export function Ranking({ title, rows, headers, format, colour = paletteColour(0), renderLink }: RankingProps) {
  const length = (amount: Amount | undefined) => Math.max(0, Number(amount ?? 0));
  const greatest = Math.max(0, ...rows.map(({ value, second }) => length(value) + length(second)));
  const percent = (amount: Amount | undefined) => `${greatest > 0 ? (length(amount) / greatest) * 100 : 0}%`;
  return (
    <figure style={{ margin: 0, minWidth: 0 }}>
      <figcaption style={{ fontSize: 14, fontWeight: 600, color: TEXT, marginBottom: 8 }}>{title}</figcaption>
      <table aria-label={title} style={{ width: '100%', borderCollapse: 'collapse', fontSize: 14, color: TEXT }}>
        <thead>
          <tr style={{ fontSize: 12, color: DIMMED }}>
            <th scope="col" style={{ padding: '0 0 4px', textAlign: 'left', fontWeight: 400 }}>
              {headers.name}
            </th>
            <th scope="col" style={{ ...NUMBERS, padding: '0 0 4px 12px', fontWeight: 400 }}>
              {headers.value}
            </th>
            {headers.second !== undefined && (
              <th scope="col" style={{ ...NUMBERS, padding: '0 0 4px 12px', fontWeight: 400 }}>
                {headers.second}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} style={{ borderTop: `1px solid ${BORDER}` }}>
              <th scope="row" style={{ width: '99%', padding: '4px 0 8px', textAlign: 'left', fontWeight: 400 }}>
                <span style={{ display: 'block', overflowWrap: 'anywhere', lineHeight: '24px' }}>
                  {link(row, renderLink)}
                </span>
                <svg aria-hidden="true" width="100%" height="8" style={{ display: 'block' }}>
                  <rect width={percent(row.value)} height="8" fill={colour} />
                  <rect
                    x={percent(row.value)}
                    y="0.5"
                    width={percent(row.second)}
                    height="7"
                    fill={colour}
                    fillOpacity="0.25"
                    stroke={colour}
                    strokeWidth={length(row.second) > 0 ? 1 : 0}
                  />
                </svg>
              </th>
              <td style={{ ...NUMBERS, paddingLeft: 12 }}>{format(String(row.value))}</td>
              {headers.second !== undefined && (
                <td style={{ ...NUMBERS, paddingLeft: 12 }}>
                  {row.second === undefined ? '' : format(String(row.second))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {headers.second !== undefined && (
        <Legend
          columns={[
            { name: headers.value, values: [], colour, inLegend: true },
            { name: headers.second, values: [], colour, swatch: 'light', inLegend: true },
          ]}
        />
      )}
    </figure>
  );
}

function link(row: RankingRow, renderLink: RankingProps['renderLink']): ReactNode {
  if (row.href === undefined) return row.name;
  return renderLink ? renderLink(row, row.name) : <a href={row.href}>{row.name}</a>;
}
