import { createContext, type ReactNode, use, useContext, useEffect, useMemo, useState } from 'react';
import { IntlProvider } from 'react-intl';
import { chartMessages } from '../charts/messages';
import { type Language, storedLanguage, storeLanguage } from './language';
import { loadMessages } from './load-messages';

interface LanguageChoice {
  language: Language;
  /** Undefined for the language of the browser. */
  setLanguage(language: Language | undefined): void;
}

const LanguageContext = createContext<LanguageChoice | undefined>(undefined);

/** The language of the page, with the texts that every page has. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(storedLanguage);
  const [shell, components] = [use(loadMessages(language, 'shell')), use(loadMessages(language, 'components'))];
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(
    () => ({
      language,
      setLanguage: (chosen: Language | undefined) => {
        storeLanguage(chosen);
        choose(storedLanguage());
      },
    }),
    [language],
  );
  return (
    <LanguageContext value={choice}>
      <IntlProvider locale={language} messages={{ ...shell, ...components, ...chartMessages[language] }}>
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}

export function useLanguage(): LanguageChoice {
  const choice = useContext(LanguageContext);
  if (!choice) throw new Error('There is no LanguageProvider.');
  return choice;
}
