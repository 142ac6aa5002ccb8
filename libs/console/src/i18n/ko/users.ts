import type { messages as en } from '../en/users';

export const messages: Record<keyof typeof en, string> = {
  'users.title': '사용자',
};
