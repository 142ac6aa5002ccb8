import type { messages as en } from '../en/savings';

export const messages: Record<keyof typeof en, string> = {
  'savings.title': '절감',
};
