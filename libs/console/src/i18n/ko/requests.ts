import type { messages as en } from '../en/requests';

export const messages: Record<keyof typeof en, string> = {
  'requests.title': '요청 로그',
};
