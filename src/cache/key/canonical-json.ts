/**
 * JSON in the one form of RFC 8785: members sorted by UTF-16 units, no white space, numbers and texts as ECMAScript writes
 * them. Two requests that differ only in how they were written have one canonical form.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return canonicalObject(value as Record<string, unknown>, undefined);
}

/** The canonical form of an object without some of its own members. */
export function canonicalObject(value: Record<string, unknown>, left: ReadonlySet<string> | undefined): string {
  let text = '';
  for (const name of Object.keys(value).toSorted()) {
    if (left?.has(name) || value[name] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(value[name])}`;
  }
  return `{${text}}`;
}
