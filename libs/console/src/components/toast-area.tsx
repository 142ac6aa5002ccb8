import '../app/later-styles';
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';

/** Where toasts are shown. */
export function ToastArea() {
  return <Notifications position="bottom-right" />;
}
