import type { AbortSignalLike } from '@thriftgate/providers';

/** Waits for `ms` milliseconds, or until nobody waits any more. */
export function pauseUnless(departure: AbortSignalLike, ms: number): Promise<void> {
  if (departure.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      departure.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    departure.addEventListener('abort', end);
  });
}
