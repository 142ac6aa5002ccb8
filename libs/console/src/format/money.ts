import { addDecimal, compareDecimal, decimalText, multiplyDecimal, parseDecimal, roundDecimal } from './decimal';
import { COMPACT, formatDecimal, isCompactAt, numberFormat } from './number-formats';

export interface UsdOptions {
  /**
   * - `amount` (the default): cents, below one cent six decimals.
   * - `exact`: all decimals, for the cost of one call or a unit price.
   * - `axis`: no decimals if the amount has none.
   */
  style?: 'amount' | 'exact' | 'axis';
}

export interface KrwOptions {
  /** With 만 and 억 in Korean, K and M in English: on axes from 1만 on, in headlines from 10만 on. */
  compact?: 'axis' | 'headline';
  /** Whether the text says that the amount is approximate; off where a column's header says so. On by default. */
  about?: boolean;
}

const CENT = '0.01';
const SMALLEST = '0.000001';
/** Shorter amounts of won have room in a headline. */
const HEADLINE = '100000';

/**
 * Formats decimal dollars of the API, which are read as a string and never as a float: `$8,211.90`, `$0.000192`. An
 * amount that six decimals would show as zero is `<$0.000001`.
 *
 * @throws RangeError if the text is no decimal number
 */
export function formatUsd(usd: string, locale: string, { style = 'amount' }: UsdOptions = {}): string {
  const value = decimalText(parseDecimal(usd));
  const size = value.replace('-', '');
  const small = size !== '0' && compareDecimal(size, CENT) < 0;
  if (style === 'amount' && small && compareDecimal(roundDecimal(size, 6), SMALLEST) < 0) {
    const bound = formatDecimal(numberFormat(locale, usdFormat(6, 6)), SMALLEST);
    return value.startsWith('-') ? `>-${bound}` : `<${bound}`;
  }
  if (style === 'exact') return formatDecimal(numberFormat(locale, usdFormat(2, 12)), value);
  if (style === 'axis')
    return formatDecimal(numberFormat(locale, { ...usdFormat(2, 6), ...WHOLE_WITHOUT_CENTS }), value);
  const decimals = small ? 6 : 2;
  return formatDecimal(numberFormat(locale, usdFormat(decimals, decimals)), value);
}

/**
 * Formats decimal dollars in won at a rate, for display only: `약 ₩1,692만` in Korean, `about ₩16,922,160` in English.
 *
 * @param rate won for one dollar, a decimal string
 * @throws RangeError if the dollars or the rate are no decimal number
 */
export function formatKrw(
  usd: string,
  rate: string,
  locale: string,
  { compact, about = true }: KrwOptions = {},
): string {
  const exact = multiplyDecimal(usd, rate);
  const won = roundDecimal(exact, 0);
  if (won === '0' && exact !== '0')
    return `${exact.startsWith('-') ? '>-' : '<'}${formatDecimal(numberFormat(locale, krwFormat(false)), '1')}`;
  const isLong = compact === 'headline' ? compareDecimal(won.replace('-', ''), HEADLINE) >= 0 : isCompactAt(won, 'ko');
  const text = formatDecimal(numberFormat(locale, krwFormat(compact !== undefined && isLong)), won);
  if (!about) return text;
  return locale.startsWith('ko') ? `약 ${text}` : `about ${text}`;
}

/** Formats won for a dollar, with all its decimals: `1,385.50`. @throws RangeError if it is no decimal number */
export function formatRate(rate: string, locale: string): string {
  const decimals = rate.split('.')[1]?.length ?? 0;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return formatDecimal(numberFormat(locale, digits), decimalText(parseDecimal(rate)));
}

/** Won for decimal dollars, exact, as a decimal string; for CSV. @throws RangeError if one is no decimal number */
export const toKrw = (usd: string, rate: string): string => multiplyDecimal(usd, rate);

/** The exact sum of decimal amounts; `"0"` without amounts. @throws RangeError if one is no decimal number */
export const sumDecimals = (amounts: Iterable<string>): string => [...amounts].reduce(addDecimal, '0');

const WHOLE_WITHOUT_CENTS = { trailingZeroDisplay: 'stripIfInteger' } as const;

function usdFormat(minimumFractionDigits: number, maximumFractionDigits: number): Intl.NumberFormatOptions {
  return {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits,
    maximumFractionDigits,
  };
}

function krwFormat(compact: boolean): Intl.NumberFormatOptions {
  return {
    style: 'currency',
    currency: 'KRW',
    currencyDisplay: 'narrowSymbol',
    ...(compact ? COMPACT : { useGrouping: 'always', maximumFractionDigits: 0 }),
  };
}
