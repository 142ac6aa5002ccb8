import type { messages as en } from '../en/teams';

export const messages: Record<keyof typeof en, string> = {
  'teams.title': '팀',
};
