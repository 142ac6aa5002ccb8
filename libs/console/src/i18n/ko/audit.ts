import type { messages as en } from '../en/audit';

export const messages: Record<keyof typeof en, string> = {
  'audit.title': '감사 로그',
};
