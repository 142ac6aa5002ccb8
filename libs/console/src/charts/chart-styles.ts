import type { CSSProperties } from 'react';

/** Colours of the theme; the values after the comma are for a page without one. */
export const TEXT = 'var(--mantine-color-text, #1a1b1e)';
export const DIMMED = 'var(--mantine-color-dimmed, #5c636b)';
export const BORDER = 'var(--mantine-color-default-border, #d5d8dc)';
export const SURFACE = 'var(--mantine-color-body, #ffffff)';

/** Read by screen readers, not seen. */
export const HIDDEN: CSSProperties = {
  position: 'absolute',
  width: 1,
  height: 1,
  margin: -1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
};

export const NUMBERS: CSSProperties = { fontVariantNumeric: 'tabular-nums', textAlign: 'right', whiteSpace: 'nowrap' };
