import type { messages as en } from '../en/webhooks';

export const messages: Record<keyof typeof en, string> = {
  'webhooks.title': '웹훅',
};
