import type { messages as en } from '../en/overview';

export const messages: Record<keyof typeof en, string> = {
  'overview.title': '개요',
};
