import type { messages as en } from '../en/playground';

export const messages: Record<keyof typeof en, string> = {
  'playground.title': '플레이그라운드',
};
