import type { ChartColumn, Swatch } from './chart-column';
import { DIMMED, TEXT } from './chart-styles';

/** The names of the series with their colours, in the order in which they are stacked, the top one first. */
export function Legend({ columns }: { columns: readonly ChartColumn[] }) {
  return (
    <ul
      style={{
        display: 'flex',
        flexWrap: 'wrap',
        gap: '4px 16px',
        margin: '8px 0 0',
        padding: 0,
        listStyle: 'none',
        fontSize: 12,
        color: TEXT,
      }}
    >
      {columns
        .filter(({ inLegend }) => inLegend)
        .map(({ name, colour, swatch }) => (
          <li key={name} style={{ display: 'flex', alignItems: 'center', gap: 6, minWidth: 0 }}>
            <SwatchMark colour={colour} kind={swatch} />
            <span style={{ overflowWrap: 'anywhere' }}>{name}</span>
          </li>
        ))}
    </ul>
  );
}

/** A small mark that looks like the series. */
export function SwatchMark({ colour = DIMMED, kind = 'solid' }: { colour?: string; kind?: Swatch }) {
  return (
    <svg width="12" height="12" aria-hidden="true" style={{ flex: 'none' }}>
      {kind === 'solid' && <rect width="12" height="12" rx="2" fill={colour} />}
      {kind === 'light' && (
        <rect x="0.5" y="0.5" width="11" height="11" rx="2" fill={colour} fillOpacity="0.25" stroke={colour} />
      )}
      {kind === 'hatched' && (
        <>
          <rect x="0.5" y="0.5" width="11" height="11" rx="2" fill="none" stroke={colour} />
          <path d="M1 7L7 1M1 11L11 1M5 11L11 5" stroke={colour} />
        </>
      )}
      {kind === 'line' && <path d="M0 6H12" stroke={colour} strokeWidth="2" />}
      {kind === 'dashed' && <path d="M0 6H5M7 6H12" stroke={colour} strokeWidth="2" />}
    </svg>
  );
}
