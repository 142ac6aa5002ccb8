import type { messages as en } from '../en/alerts';

export const messages: Record<keyof typeof en, string> = {
  'alerts.title': '알림',
};
