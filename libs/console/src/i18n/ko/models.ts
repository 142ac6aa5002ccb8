import type { messages as en } from '../en/models';

export const messages: Record<keyof typeof en, string> = {
  'models.title': '모델',
};
