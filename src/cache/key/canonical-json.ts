import { hasMarkedNames, LongNumber, withPlainNames } from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';

/** How deep objects and arrays may lie in one another: far more than any vendor takes, and less than any stack holds. */
export const MAX_DEPTH = 256;

/**
 * JSON in the one form of RFC 8785: members sorted by UTF-16 units, no white space, numbers and texts as ECMAScript writes
 * them; numbers that a double does not hold stand as they were sent. Two requests that differ only in how they were written have one canonical form.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 * @throws GatewayError `invalid_request` where it is nested deeper than {@link MAX_DEPTH}
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return canonicalArray(value, depth);
  if (value instanceof LongNumber) return value.text;
  return canonicalObject(value as Record<string, unknown>, undefined, depth);
}

/** The canonical form of an object without some of its own members. @throws GatewayError as {@link canonicalJson} */
export function canonicalObject(
  value: Record<string, unknown>,
  left: ReadonlySet<string> | undefined,
  depth = 0,
): string {
  if (depth >= MAX_DEPTH) throw tooDeep();
  const names = Object.keys(value).toSorted();
  if (hasMarkedNames(names)) return canonicalObject(withPlainNames(value), left, depth);
  let text = '{';
  for (const name of names) {
    if (left?.has(name) || value[name] === undefined) continue;
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(name)}:${canonicalJson(value[name], depth + 1)}`;
  }
  return `${text}}`;
}

function canonicalArray(values: readonly unknown[], depth: number): string {
  if (depth >= MAX_DEPTH) throw tooDeep();
  let text = '[';
  for (let at = 0; at < values.length; at += 1) text += (at === 0 ? '' : ',') + canonicalJson(values[at], depth + 1);
  return `${text}]`;
}

function tooDeep(): GatewayError {
  const message = `The request is nested deeper than ${MAX_DEPTH} objects and arrays. Send it flatter.`;
  return new GatewayError('invalid_request', { message });
}
