import type { messages as en } from '../en/batches';

export const messages: Record<keyof typeof en, string> = {
  'batches.title': '배치',
};
