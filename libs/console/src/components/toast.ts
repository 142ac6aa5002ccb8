import { useMemo } from 'react';
import { useText } from '../i18n/use-text';

const SHOWN_MS = 5_000;

interface Toasts {
  done(message: string): void;
  failed(message: string): void;
}

type Notice = Parameters<(typeof import('@mantine/notifications'))['notifications']['show']>[0];

const listeners = new Set<() => void>();
let isWanted = false;

/** Loads what shows toasts, which is no part of the first page, then shows one. */
async function show(notice: Notice): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  isWanted = true;
  for (const listener of listeners) listener();
  notifications.show(notice);
}

function toastsWith(close: string): Toasts {
  const closeButtonProps = { 'aria-label': close };
  return {
    done: (message) => void show({ message, autoClose: SHOWN_MS, role: 'status', closeButtonProps }),
    // A failure stays until it is closed.
    failed: (message) => void show({ message, color: 'red', autoClose: false, role: 'alert', closeButtonProps }),
  };
}

/** Whether there has been a toast. */
export const toastsWanted = {
  get: () => isWanted,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Short messages at the edge of the page. */
export function useToast(): Toasts {
  const close = useText()('components.close');
  return useMemo(() => toastsWith(close), [close]);
}
