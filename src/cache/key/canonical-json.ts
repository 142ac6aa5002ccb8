import { GatewayError } from '../../common/errors';
import { memoize } from '../../common/runtime/memoize';

/** How deep objects and arrays may lie in one another: far more than any vendor takes, and less than any stack holds. */
export const MAX_DEPTH = 256;

/**
 * JSON in the one form of RFC 8785: members sorted by UTF-16 units, no white space, numbers and texts as ECMAScript writes
 * them. Two requests that differ only in how they were written have one canonical form.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 * @throws GatewayError `invalid_request` where it is nested deeper than {@link MAX_DEPTH}
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return canonicalArray(value, depth);
  return canonicalObject(value as Record<string, unknown>, undefined, depth);
}

const MANY_NAMES = 24;

/** A short text as JSON: names of members, and whatever else comes with every call. */
export const quoted: (text: string) => string = memoize((text) => JSON.stringify(text));

/** The canonical form of an object without some of its own members. @throws GatewayError as {@link canonicalJson} */
export function canonicalObject(
  value: Record<string, unknown>,
  left: ReadonlySet<string> | undefined,
  depth = 0,
): string {
  if (depth >= MAX_DEPTH) throw tooDeep();
  let text = '{';
  for (const name of sorted(Object.keys(value))) {
    if (left?.has(name) || value[name] === undefined) continue;
    text += `${text.length === 1 ? '' : ','}${quoted(name)}:${canonicalJson(value[name], depth + 1)}`;
  }
  return `${text}}`;
}

function canonicalArray(values: readonly unknown[], depth: number): string {
  if (depth >= MAX_DEPTH) throw tooDeep();
  let text = '[';
  for (let at = 0; at < values.length; at += 1) text += (at === 0 ? '' : ',') + canonicalJson(values[at], depth + 1);
  return `${text}]`;
}

/** Sorts by insertion where there are few names, which there mostly are: that allocates nothing. */
function sorted(names: string[]): string[] {
  if (names.length > MANY_NAMES) return names.toSorted();
  for (let at = 1; at < names.length; at += 1) {
    const name = names[at] as string;
    let to = at;
    for (; to > 0 && (names[to - 1] as string) > name; to -= 1) names[to] = names[to - 1] as string;
    names[to] = name;
  }
  return names;
}

function tooDeep(): GatewayError {
  const message = `The request is nested deeper than ${MAX_DEPTH} objects and arrays. Send it flatter.`;
  return new GatewayError('invalid_request', { message });
}
