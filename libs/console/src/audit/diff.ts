import type { AuditEvent } from '@thriftgate/contracts';

/** A member that an event has changed, as text; undefined where it was not there. */
export interface Difference {
  member: string;
  before: string | undefined;
  after: string | undefined;
}

type Members = Record<string, unknown> | null;

/** The members that differ before and after an event, and how many do not. Objects are compared member by member. */
export function differences({ before, after }: Pick<AuditEvent, 'before' | 'after'>): {
  changed: Difference[];
  unchanged: number;
} {
  const [old, now] = [flat(before), flat(after)];
  const members = [...new Set([...old.keys(), ...now.keys()])];
  const all = members.map((member) => ({ member, before: old.get(member), after: now.get(member) }));
  const changed = all.filter((each) => each.before !== each.after);
  return { changed, unchanged: all.length - changed.length };
}

function flat(members: Members, path = ''): Map<string, string> {
  const entries = Object.entries(members ?? {}).flatMap(([name, value]): [string, string][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [...flat(value as Record<string, unknown>, `${path}${name}.`)]
      : [[path + name, shown(value)]],
  );
  return new Map(entries);
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
