import { useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { useLanguage } from '../i18n/language-provider';
import { useMe } from '../me/use-me';

/** Sets language and theme to what the person has chosen, also on a device where they are for the first time. */
export function useAppliedPreferences(): void {
  const { preferences } = useMe();
  const { setColorScheme } = useMantineColorScheme();
  const { setLanguage } = useLanguage();
  const { language, theme } = preferences;
  useEffect(() => {
    if (theme) setColorScheme(theme);
  }, [theme, setColorScheme]);
  useEffect(() => {
    if (language) setLanguage(language);
  }, [language, setLanguage]);
}
