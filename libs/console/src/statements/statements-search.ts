import type { RawSearch } from '../routes/search';

/** The month of the page; undefined for the running one. */
export const readMonth = ({ month }: RawSearch): { month: string | undefined } => ({
  month: typeof month === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : undefined,
});
