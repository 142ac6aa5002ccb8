import { useMoney } from './use-money';

/** Formats decimal dollars in full, in the currency of the page. */
export const useAmount = (): ((usd: string) => string) => useMoney().full;
