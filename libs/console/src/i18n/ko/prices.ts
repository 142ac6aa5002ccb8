import type { messages as en } from '../en/prices';

export const messages: Record<keyof typeof en, string> = {
  'prices.title': '요금표',
};
