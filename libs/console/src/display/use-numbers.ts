import { useMemo } from 'react';
import { formatBytes, formatCompact, formatCount, formatLatency, formatPercent, formatUsd } from '../format';
import { useLanguage } from '../i18n/language-provider';

/** Formats of numbers in the language of the page; the same functions while it does not change. */
export function useNumbers() {
  const { language } = useLanguage();
  return useMemo(
    () => ({
      count: (count: number | string) => formatCount(count, language),
      compact: (count: number | string) => formatCompact(count, language),
      percent: (share: number) => formatPercent(share, language),
      bytes: (bytes: number) => formatBytes(bytes, language),
      /** Null, where there is none, is a dash. */
      latency: (ms: number | null) => (ms === null ? '–' : formatLatency(ms, language)),
      /** What one call cost, with all its decimals, in dollars. */
      exactUsd: (usd: string) => formatUsd(usd, language, { style: 'exact' }),
    }),
    [language],
  );
}
