const formats = new Map<string, Intl.NumberFormat>();

/** An `Intl.NumberFormat`, made once for each locale and options: making one costs more than using it. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** Formats a decimal string with all its digits: `Intl.NumberFormat` reads the string, no float is made of it. */
export function formatDecimal(format: Intl.NumberFormat, decimal: string): string {
  return format.format(decimal as Intl.StringNumericLiteral);
}

/**
 * Three digits, or all of the whole number: `₩12.3억`, `₩1,692만`, `83.5M`. Without `useGrouping: 'always'`, Korean compact
 * numbers have no comma: `₩1692만`.
 */
export const COMPACT: Intl.NumberFormatOptions = {
  notation: 'compact',
  useGrouping: 'always',
  maximumFractionDigits: 0,
  maximumSignificantDigits: 3,
  roundingPriority: 'morePrecision',
};

/** Whether a number is long enough for a unit: from 1만 on in Korean, which does not write 8.2천, else from 1K on. */
export function isCompactAt(decimal: string, locale: string): boolean {
  const wholeDigits = decimal.replace('-', '').split('.')[0]?.length ?? 0;
  return wholeDigits > (locale.startsWith('ko') ? 4 : 3);
}
