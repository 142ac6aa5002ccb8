import type { messages as en } from '../en/budgets';

export const messages: Record<keyof typeof en, string> = {
  'budgets.title': '예산',
};
