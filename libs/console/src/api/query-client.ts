import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ThriftgateError } from '@thriftgate/sdk';

const STALE_MS = 15_000;
const MOST_RETRIES = 2;

/** A request that the gateway has refused is refused again: only its own failures and those of the network are tried again. */
export function shouldRetry(failures: number, error: unknown): boolean {
  if (error instanceof ThriftgateError && error.status < 500) return false;
  return failures < MOST_RETRIES;
}

/** Whether an error says that there is no session. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ThriftgateError && error.status === 401;
}

/** @param onSignedOut is called when a response says that the session has ended */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (isSignedOut(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: shouldRetry,
        refetchOnWindowFocus: true,
        refetchIntervalInBackground: false,
        throwOnError: false,
      },
      mutations: { retry: false },
    },
  });
}

/** Milliseconds until the next request of a page that follows something, spread so that many tabs do not ask at once. */
export function pollEvery(seconds: number): () => number {
  return () => seconds * 1000 * (0.9 + Math.random() * 0.2);
}
