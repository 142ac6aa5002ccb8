import type { messages as en } from '../en/cache';

export const messages: Record<keyof typeof en, string> = {
  'cache.title': '캐시',
};
