import type { messages as en } from '../en/usage';

export const messages: Record<keyof typeof en, string> = {
  'usage.title': '사용량',
};
