import type { AuditedObject, AuditEvent } from './audit-event';

type Named = Pick<AuditEvent, 'action' | 'subject' | 'before' | 'after' | 'details'>;

/** The members by which people know an object: a webhook by its URL, a price by its model, an alert by its kind. */
const NAMING = ['name', 'url', 'filename', 'model', 'kind'] as const;
/** The ids of teams and keys; words like `admin` have no name to look up. */
const ID = /^(team|key)_/;
/** An id, see newId; models and providers are their own names. */
const MADE_ID = /^[a-z_]+_[0-9A-HJKMNP-TV-Z]{26}$/;

/** The ids of teams and keys by which an event and its subject are named. */
export function idsOf(event: Named & Pick<AuditEvent, 'actor'>): string[] {
  return [event.actor, event.subject ?? '', ownerOf(event) ?? ''].filter((id) => ID.test(id));
}

/**
 * What people call the subject of an event: the name of a team or a key as it is now, the name of a budget's team or key, else
 * what the event says of the object.
 *
 * @returns null if the subject is a name itself, or nothing is known
 */
export function subjectName(event: Named, names: ReadonlyMap<string, string>): string | null {
  const { subject, before, after, details } = event;
  if (subject === null) return null;
  const known = names.get(subject) ?? names.get(ownerOf(event) ?? '');
  if (known !== undefined || !MADE_ID.test(subject)) return known ?? null;
  const said = [after, before, details].flatMap((object) => NAMING.map((member) => textOf(object, member)));
  return said.find((each) => each !== undefined) ?? null;
}

/** The key or the team whose budget an event is about; a budget has no name of its own. */
function ownerOf({ action, before, after }: Named): string | undefined {
  if (!action.startsWith('budget.')) return undefined;
  return textOf(after ?? before, 'key_id') ?? textOf(after ?? before, 'team_id');
}

function textOf(object: AuditedObject | null, member: string): string | undefined {
  const value = object?.[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
