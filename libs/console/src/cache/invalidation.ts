import type { InvalidateCache } from '@thriftgate/sdk';
import { dayStart } from '../format';

/** What a person has chosen to invalidate; empty texts do not count. */
export interface Choice {
  scope: 'some' | 'all';
  model: string;
  version: string;
  teamId: string;
  tag: string;
  key: string;
  /** A date: responses to calls before it began. */
  before: string;
}

export const NO_CHOICE: Choice = { scope: 'some', model: '', version: '', teamId: '', tag: '', key: '', before: '' };

/** The choice at the start: the model that is chosen on the page, and for people of a team that team, as the gateway requires. */
export const startChoice = (model: string | undefined, teamId: string | undefined): Choice => ({
  ...NO_CHOICE,
  model: model ?? '',
  teamId: teamId ?? '',
});

/** The most responses that are invalidated without typing a name. */
export const MOST_UNTYPED = 1000;

/** The choice as the gateway takes it; undefined while nothing is chosen. @param zone of the date */
export function bodyOf(choice: Choice, zone: string): InvalidateCache | undefined {
  if (choice.scope === 'all') return { all: true };
  const { model, version, teamId, tag, key, before } = choice;
  const body = {
    ...(model !== '' && { model }),
    ...(version.trim() !== '' && { version: version.trim() }),
    ...(teamId !== '' && { team_id: teamId }),
    ...(tag.trim() !== '' && { tag: tag.trim() }),
    ...(key.trim() !== '' && { key: key.trim() }),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(before) && { before: dayStart(before, zone) }),
  };
  return Object.keys(body).length === 0 ? undefined : body;
}

/** What is to be typed before so many responses go: the name of what is chosen; undefined where nothing is. */
export function nameToType(choice: Choice, answers: number, teamName: string | undefined): string | undefined {
  if (choice.scope === 'all') return 'all';
  if (answers <= MOST_UNTYPED) return undefined;
  return choice.model || choice.version.trim() || teamName || choice.tag.trim() || 'all';
}
