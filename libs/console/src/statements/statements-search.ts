import type { RawSearch } from '../routes/search';

/** The month of the page; undefined for the running one. */
export const readMonth = ({ month }: RawSearch): { month: string | undefined } => ({
  month: typeof month === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : undefined,
});

/** A month some months later. */
export function monthAfter(month: string, count: number): string {
  const number = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + count;
  return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;
}
