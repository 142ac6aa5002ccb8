import { type ReactNode, use } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import { useLanguage } from './language-provider';
import { loadMessages } from './load-messages';
import type { MessageFile } from './messages';

/** Adds the texts of a page to those around it; waits for them (Suspense). */
export function WithMessages({ file, children }: { file: MessageFile; children: ReactNode }) {
  const { language } = useLanguage();
  const { messages } = useIntl();
  const own = use(loadMessages(language, file));
  return (
    <IntlProvider locale={language} messages={{ ...(messages as Record<string, string>), ...own }}>
      {children}
    </IntlProvider>
  );
}
