const isSame = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);

const namesOf = <Members extends object>(members: Members) => Object.keys(members) as (keyof Members)[];

/** The members that have changed; undefined if none has. */
export function changedMembers<Members extends object>(before: Members, now: Members): Partial<Members> | undefined {
  const changes: Partial<Members> = {};
  for (const name of namesOf(now)) if (!isSame(before[name], now[name])) changes[name] = now[name];
  return namesOf(changes).length === 0 ? undefined : changes;
}

/** Whether a field was typed in that somebody else has given another value meanwhile. */
export function hasConflict<Fields extends object>(before: Fields, typed: Fields, newest: Fields): boolean {
  return namesOf(changedMembers(before, typed) ?? {}).some(
    (name) => !isSame(before[name], newest[name]) && !isSame(typed[name], newest[name]),
  );
}

/** The newest values of a form with what was typed: fields that were left as they were before take the newest values. */
export function rebased<Fields extends object>(before: Fields, typed: Fields, newest: Fields): Fields {
  return { ...newest, ...changedMembers(before, typed) };
}
