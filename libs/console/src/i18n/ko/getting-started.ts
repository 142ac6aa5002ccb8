import type { messages as en } from '../en/getting-started';

export const messages: Record<keyof typeof en, string> = {
  'gettingStarted.title': '시작하기',
};
