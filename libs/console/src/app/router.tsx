import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { Suspense } from 'react';
import { isSignedOut } from '../api/query-client';
import { LoadingPage } from '../components/loading-page';
import { WithMessages } from '../i18n/with-messages';
import { meQuery } from '../me/me-query';
import { Shell } from '../shell/shell';
import { PageError } from '../shell/page-error';
import { NotFound } from '../shell/not-found';
import { Permitted } from '../shell/permitted';
import { PAGE_LIST } from '../routes/pages';
import { PAGE_COMPONENTS } from './page-components';
import { parseSearch, type RawSearch, SHARED, sharedSearch, stringifySearch } from '../routes/search';

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  // Pages read their own parameters from the address; nothing of it is dropped here but shared ones that make no sense.
  validateSearch: (raw: Record<string, unknown>): RawSearch => {
    const shared = new Set<string>(SHARED);
    const own = Object.entries(raw).filter(([name]) => !shared.has(name));
    return { ...(Object.fromEntries(own) as RawSearch), ...sharedSearch(raw) };
  },
  notFoundComponent: NotFound,
});

const SignInPage = lazyRouteComponent(() => import('../sign-in/sign-in-page'), 'SignInPage');

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: () => (
    <Suspense>
      <WithMessages file="sign-in">
        <SignInPage />
      </WithMessages>
    </Suspense>
  ),
});

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  search: { middlewares: [retainSearchParams<RawSearch>([...SHARED])] },
  beforeLoad: async ({ context: { queryClient }, location }) => {
    await queryClient.ensureQueryData(meQuery).catch((error: unknown) => {
      if (!isSignedOut(error)) throw error;
      throw redirect({ to: '/sign-in', search: { to: `/console${location.href}` } });
    });
  },
  component: Shell,
  // Nothing is known of the person yet, so there is no frame to show.
  pendingComponent: () => null,
  errorComponent: PageError,
  notFoundComponent: NotFound,
});

const pageRoutes = PAGE_LIST.map(({ name, path, text, permission }) => {
  const Page = PAGE_COMPONENTS[name];
  return createRoute({
    getParentRoute: () => shellRoute,
    path,
    component: () => (
      <Permitted permission={permission}>
        <Suspense fallback={<LoadingPage />}>
          <WithMessages file={text}>
            <Page />
          </WithMessages>
        </Suspense>
      </Permitted>
    ),
    errorComponent: PageError,
    loader: () => Page.preload?.(),
  });
});

/** The router of the console. */
export function consoleRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([signInRoute, shellRoute.addChildren(pageRoutes)]),
    basepath: '/console',
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: LoadingPage,
    defaultPendingMs: 150,
    scrollRestoration: true,
  });
}
