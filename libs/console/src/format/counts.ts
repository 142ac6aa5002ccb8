import { COMPACT, formatDecimal, isCompactAt, numberFormat } from './number-formats';
import { compareDecimal, ratio } from './decimal';

/** Formats a count: `211,004`. A string is formatted with all its digits. */
export function formatCount(count: number | bigint | string, locale: string): string {
  return formatDecimal(numberFormat(locale, { maximumFractionDigits: 0 }), String(count));
}

/** Formats a count in few characters: `83.5M`, in Korean `8,350만`. */
export function formatCompact(count: number | bigint | string, locale: string): string {
  const text = String(count);
  return isCompactAt(text, locale) ? formatDecimal(numberFormat(locale, COMPACT), text) : formatCount(text, locale);
}

/**
 * Formats a ratio as a percentage: 0.602 is `60.2%`.
 *
 * @param decimals at most so many, 1 by default; a ratio that they would show as 0 % or 100 % without being so is `<0.1%` or `>99.9%`
 */
export function formatPercent(ratioOfOne: number, locale: string, decimals = 1): string {
  const format = numberFormat(locale, { style: 'percent', maximumFractionDigits: decimals });
  const step = 10 ** -(decimals + 2);
  if (ratioOfOne > 0 && ratioOfOne < step / 2) return `<${format.format(step)}`;
  if (ratioOfOne < 1 && ratioOfOne >= 1 - step / 2) return `>${format.format(1 - step)}`;
  return format.format(ratioOfOne);
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** Formats bytes in decimal units, three digits at most: `41 MB`, `1.5 kB`. */
export function formatBytes(bytes: number, locale: string): string {
  let size = bytes;
  let unit = 0;
  while (unit < BYTE_UNITS.length - 1 && size >= 999.5) {
    size /= 1000;
    unit += 1;
  }
  const maximumFractionDigits = size < 99.95 ? 1 : 0;
  if (unit === 0)
    return `${numberFormat(locale, { maximumFractionDigits: 0 }).format(size)}${locale.startsWith('ko') ? 'B' : ' B'}`;
  const options = { style: 'unit', unit: BYTE_UNITS[unit], unitDisplay: 'short', maximumFractionDigits } as const;
  return numberFormat(locale, options).format(size);
}

/** Formats milliseconds: `0.9 ms`, `812 ms`, `1.9 s`, from two minutes on `3 min`. */
export function formatLatency(ms: number, locale: string): string {
  const names = locale.startsWith('ko') ? KOREAN_UNITS : UNITS;
  const text = (value: number, decimals: number) =>
    numberFormat(locale, { maximumFractionDigits: decimals }).format(value);
  if (ms < 999.5) return text(ms, ms < 9.95 ? 1 : 0) + names.ms;
  if (ms < 120_000) return text(ms / 1000, ms < 9950 ? 1 : 0) + names.s;
  return text(ms / 60_000, 0) + names.min;
}

const UNITS = { ms: ' ms', s: ' s', min: ' min' };
const KOREAN_UNITS = { ms: 'ms', s: '초', min: '분' };

/** How an amount differs from the one before. */
export interface Change {
  direction: 'up' | 'down' | 'same';
  /** The change as a ratio of the amount before, 0.031 is 3.1 %; undefined if that was zero. */
  ratio: number | undefined;
}

/** Compares decimal amounts. @throws RangeError if one is no decimal number */
export function changeOf(now: string, before: string): Change {
  const order = compareDecimal(now, before);
  const share = ratio(now, before);
  return {
    direction: order > 0 ? 'up' : order < 0 ? 'down' : 'same',
    ratio: share === undefined ? undefined : Math.abs(share - 1),
  };
}

/** `▲ 3.1%`, `▼ 4%` or `0%`; the arrow alone if there is no ratio. Say the direction in words beside it. */
export function formatChange({ direction, ratio: share }: Change, locale: string): string {
  const percent = share === undefined ? '' : formatPercent(share, locale);
  if (direction === 'same') return formatPercent(0, locale);
  return `${direction === 'up' ? '▲' : '▼'} ${percent}`.trim();
}
