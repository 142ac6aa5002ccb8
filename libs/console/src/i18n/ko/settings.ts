import type { messages as en } from '../en/settings';

export const messages: Record<keyof typeof en, string> = {
  'settings.title': '설정',
};
