import { formatCents, formatUsd, parseUsd } from '../../common/money';
import type { StatementTexts } from './statement-texts';

/** A balance as people read it: what is owed is no negative balance. */
export function balanceLine(
  edge: 'opening' | 'closing',
  usd: string,
  text: StatementTexts,
): { label: string; usd: string } {
  const pusd = parseUsd(usd);
  if (pusd >= 0n) return { label: text[edge], usd };
  return { label: text[`${edge}_owed`], usd: formatUsd(-pusd) };
}

/** Decimal dollars, rounded to cents. */
export function cents(usd: string): string {
  return formatCents(parseUsd(usd));
}

export function negated(usd: string): string {
  return formatUsd(-parseUsd(usd));
}
