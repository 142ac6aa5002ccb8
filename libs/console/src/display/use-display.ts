import { useLanguage } from '../i18n/language-provider';
import type { Language } from '../i18n/language';
import { useMe } from '../me/use-me';
import { sharedSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';

export interface Display {
  language: Language;
  /** An IANA name: of the address, else of the person, else of the company. */
  timezone: string;
  /** KRW only where there is a rate. */
  currency: 'USD' | 'KRW';
  exchangeRate: { krw_per_usd: string; date: string } | null;
  /** The team that the page is narrowed to by the address. */
  teamId: string | undefined;
}

/** How the page shows times and amounts, and of which team. */
export function useDisplay(): Display {
  const { preferences, settings } = useMe();
  const { language } = useLanguage();
  const [search] = usePageSearch(sharedSearch);
  const wanted = search.currency ?? preferences.currency ?? settings.currency;
  return {
    language,
    timezone: search.tz ?? preferences.timezone ?? settings.timezone,
    currency: wanted === 'KRW' && settings.exchange_rate ? 'KRW' : 'USD',
    exchangeRate: settings.exchange_rate,
    teamId: search.team,
  };
}
