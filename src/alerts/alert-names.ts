/** The id of a team or a key, see newId; not where it is the end of another id. */
const ID = /\b(?:team|key)_[0-9A-HJKMNP-TV-Z]{26}\b/g;

/** The ids of teams and keys that an alert names, each once. */
export function idsIn({ teamId, data }: { teamId: string | null; data: object }): string[] {
  return [...new Set(`${teamId} ${JSON.stringify(data)}`.match(ID))];
}

/** A text with the name of each team and key before its id: `Search (team_…)`. An id without a known name stays as it is. */
export function withNames(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(ID, (id) => (names.has(id) ? `${names.get(id)} (${id})` : id));
}

/** The names for the data of an alert, beside its ids: those of its team, and of its key where it has one. */
export function nameMembers(
  { teamId, data }: { teamId: string | null; data: object },
  names: ReadonlyMap<string, string>,
): { team_name?: string; key_name?: string } {
  const { key_id: keyId, scope } = data as { key_id?: unknown; scope?: unknown };
  const team = teamId === null ? undefined : names.get(teamId);
  const key = names.get(typeof keyId === 'string' ? keyId : String(scope).replace(/^key:/, ''));
  return { ...(team !== undefined && { team_name: team }), ...(key !== undefined && { key_name: key }) };
}
