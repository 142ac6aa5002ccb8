import type { messages as en } from '../en/keys';

export const messages: Record<keyof typeof en, string> = {
  'keys.title': 'API 키',
};
