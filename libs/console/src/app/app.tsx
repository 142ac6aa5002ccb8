import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { createQueryClient } from '../api/query-client';
import { toastsWanted } from '../components/toast';
import { LanguageProvider } from '../i18n/language-provider';
import { go } from '../routes/go';
import { samePath } from '../routes/same-site';
import { consoleRouter } from './router';
import { cssVariables, theme } from './theme';

const ToastArea = lazy(() => import('../components/toast-area').then((module) => ({ default: module.ToastArea })));

const queryClient = createQueryClient(() => {
  const { pathname, search } = window.location;
  if (pathname.startsWith('/console/sign-in')) return;
  queryClient.clear();
  void go(router.navigate, { to: '/sign-in', search: { to: samePath(pathname + search) } });
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
            <Toasts />
            <RouterProvider router={router} />
          </LanguageProvider>
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The toasts, once there is one. */
function Toasts() {
  const isWanted = useSyncExternalStore(toastsWanted.subscribe, toastsWanted.get);
  return <Suspense>{isWanted && <ToastArea />}</Suspense>;
}
