import { useCallback } from 'react';
import { formatKrw, formatUsd } from '../format';
import { useDisplay } from './use-display';

/** Formats decimal dollars in the currency of the page: exact in dollars, about in won. */
export function useAmount(): (usd: string) => string {
  const { language, currency, exchangeRate } = useDisplay();
  return useCallback(
    (usd) =>
      currency === 'KRW' && exchangeRate
        ? formatKrw(usd, exchangeRate.krw_per_usd, language)
        : formatUsd(usd, language),
    [language, currency, exchangeRate],
  );
}
