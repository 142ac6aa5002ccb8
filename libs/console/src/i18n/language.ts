export type Language = 'ko' | 'en';

/** The language of a person who has chosen none: the first of the browser's that there is. */
export function languageOf(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.toLowerCase().split('-', 1)[0]).find((tag) => tag === 'ko' || tag === 'en');
  return known === 'ko' ? 'ko' : 'en';
}

const STORED = 'thriftgate.language';

/** What was chosen last on this device, for the sign-in page. */
export function storedLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  return stored === 'ko' || stored === 'en' ? stored : languageOf(navigator.languages);
}

/** Stores what was chosen on this device; undefined for the language of the browser. */
export function storeLanguage(language: Language | undefined): void {
  if (language) localStorage.setItem(STORED, language);
  else localStorage.removeItem(STORED);
}
