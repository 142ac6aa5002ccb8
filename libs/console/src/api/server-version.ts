type Listener = () => void;

const listeners = new Set<Listener>();
let isOld = false;

/** The version that this page is of; undefined where a development server serves it. */
function pageVersion(): string | undefined {
  const version = document.querySelector('meta[name=gateway-version]')?.getAttribute('content');
  return version?.startsWith('__') ? undefined : (version ?? undefined);
}

/** Notes the version that a response names. */
export function noteVersion(version: string | null): void {
  const own = pageVersion();
  if (isOld || version === null || own === undefined || version === own) return;
  isOld = true;
  for (const listener of listeners) listener();
}

/** Whether another version of the gateway answers than the one that this page is of. */
export const serverVersion = {
  isOld: () => isOld,
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
