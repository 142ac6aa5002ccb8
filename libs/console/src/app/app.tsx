import { MantineProvider } from '@mantine/core';
import { DatesProvider } from '@mantine/dates';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import 'dayjs/locale/ko';
import { Suspense } from 'react';
import { createQueryClient } from '../api/query-client';
import { useLanguage } from '../i18n/language-provider';
import { LanguageProvider } from '../i18n/language-provider';
import { samePath } from '../routes/same-site';
import { consoleRouter } from './router';
import { cssVariables, theme } from './theme';

const queryClient = createQueryClient(() => {
  const { pathname, search } = window.location;
  if (pathname.startsWith('/console/sign-in')) return;
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { to: samePath(pathname + search) } } as never);
});
const router = consoleRouter(queryClient);

/** The console: what all pages stand on. @param nonce allows the styles that components add to the page */
export function App({ nonce }: { nonce: string }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <Suspense>
          <LanguageProvider>
            <Localised>
              <RouterProvider router={router} />
            </Localised>
          </LanguageProvider>
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Calendars in the language of the page; weeks begin on Sunday. */
function Localised({ children }: { children: React.ReactNode }) {
  const { language } = useLanguage();
  return (
    <DatesProvider settings={{ locale: language, firstDayOfWeek: 0, weekendDays: [0] }}>
      <Notifications position="bottom-right" />
      {children}
    </DatesProvider>
  );
}
