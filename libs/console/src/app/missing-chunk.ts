const RELOADED = 'thriftgate.reloaded';
const AGAIN_AFTER_MS = 60_000;

/**
 * Reloads the page once if a part of it is gone because the gateway was updated. What is still missing after that is an
 * error of the page, which it shows.
 */
export function reloadOnceWithoutChunk(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const before = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (Date.now() - before < AGAIN_AFTER_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    event.preventDefault();
    window.location.reload();
  });
}
