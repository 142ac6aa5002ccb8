import { notifications } from '@mantine/notifications';

const SHOWN_MS = 5_000;

interface Toasts {
  done(message: string): void;
  failed(message: string): void;
}

const toasts: Toasts = {
  done: (message) => void notifications.show({ message, autoClose: SHOWN_MS, role: 'status' }),
  // A failure stays until it is closed.
  failed: (message) => void notifications.show({ message, color: 'red', autoClose: false, role: 'alert' }),
};

/** Short messages at the edge of the page. */
export function useToast(): Toasts {
  return toasts;
}
