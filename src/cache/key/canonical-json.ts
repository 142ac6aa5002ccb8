import { GatewayError } from '../../common/errors';
import { memoize } from '../../common/runtime/memoize';

/** The deepest nesting of objects and arrays: far more than vendors accept, and less than the stack holds. */
export const MAX_DEPTH = 256;

/**
 * JSON in the canonical form of RFC 8785: members sorted by UTF-16 code units, no white space, numbers and strings as
 * ECMAScript serialises them. Requests that differ only in their formatting have the same canonical form.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 * @throws GatewayError `invalid_request` where the nesting is deeper than {@link MAX_DEPTH}
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return canonicalArray(value, depth);
  return canonicalObject(value as Record<string, unknown>, undefined, depth);
}

const MANY_NAMES = 24;

/** A short text as JSON, memoized: member names and other texts that repeat with every call. */
export const quoted: (text: string) => string = memoize((text) => JSON.stringify(text));

/** The canonical form of an object without some of its own members. @throws GatewayError as {@link canonicalJson} */
export function canonicalObject(
  value: Record<string, unknown>,
  omitted: ReadonlySet<string> | undefined,
  depth = 0,
): string {
  if (depth >= MAX_DEPTH) throw tooDeep();
  let text = '{';
  for (const name of sorted(Object.keys(value))) {
    if (omitted?.has(name) || value[name] === undefined) continue;
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

/** Insertion sort for few names, the usual case: it allocates nothing. */
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
  const message = `The request is nested deeper than ${MAX_DEPTH} objects and arrays. Send a flatter one.`;
  return new GatewayError('invalid_request', { message });
}
