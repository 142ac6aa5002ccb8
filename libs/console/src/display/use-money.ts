import { useMemo } from 'react';
import { formatKrw, formatUsd } from '../format';
import { useDisplay } from './use-display';

/** Decimal dollars of the API as texts in the currency of the page. Each function stays the same while the currency does. */
export interface Money {
  currency: 'USD' | 'KRW';
  /** In full; won says that it is about. */
  full: (usd: string) => string;
  /** Won in few characters, for headlines: `약 ₩1,692만`. */
  headline: (usd: string) => string;
  /** For tables and charts, whose page says that won is about. */
  cell: (usd: string) => string;
  /** For axes, without cents that are zero. */
  tick: (usd: string) => string;
  /** A dollar in the currency: the labels of axes are round in it. */
  tickUnit: number;
}

export function useMoney(): Money {
  const { language, currency, exchangeRate } = useDisplay();
  const rate = currency === 'KRW' ? exchangeRate?.krw_per_usd : undefined;
  return useMemo((): Money => {
    if (rate === undefined) {
      const full = (usd: string) => formatUsd(usd, language);
      const tick = (usd: string) => formatUsd(usd, language, { style: 'axis' });
      return { currency: 'USD', full, headline: full, cell: full, tick, tickUnit: 1 };
    }
    return {
      currency: 'KRW',
      full: (usd) => formatKrw(usd, rate, language),
      headline: (usd) => formatKrw(usd, rate, language, { compact: 'headline' }),
      cell: (usd) => formatKrw(usd, rate, language, { about: false }),
      tick: (usd) => formatKrw(usd, rate, language, { compact: 'axis', about: false }),
      tickUnit: Number(rate),
    };
  }, [language, rate]);
}
