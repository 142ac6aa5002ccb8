import { hash } from 'node:crypto';
import { hasMarkedNames, LongNumber, LongText, type WithoutEffect, withPlainNames } from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';

/** How deep objects and arrays may lie in one another: far more than any vendor takes, and less than any stack holds. */
export const MAX_DEPTH = 256;
/** From this length on, in bytes of JSON in UTF-8, the digest of a text stands for it. */
const DIGESTED_BYTES = 64 * 1024;
/** The most bytes of a UTF-16 unit in UTF-8. */
const MAX_BYTES_OF_UNIT = 3;

/**
 * JSON in the one form of RFC 8785: members sorted by UTF-16 units, no white space, numbers and texts as ECMAScript writes
 * them; numbers that a double does not hold stand as they were sent, and
 * digests for long texts. Two requests that differ only in how they were written have one canonical form.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 * @throws GatewayError `invalid_request` where it is nested deeper than {@link MAX_DEPTH}
 */
export function canonicalJson(value: unknown, left?: WithoutEffect, depth = 0): string {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return canonicalArray(value, left, depth);
  if (value instanceof LongNumber) return value.text;
  if (value instanceof LongText) return canonicalLongText(value);
  return canonicalObject(value as Record<string, unknown>, left, depth);
}

/** A long text is its digest, which a large body has already. */
function canonicalText(text: string): string {
  const json = JSON.stringify(text);
  if (json.length * MAX_BYTES_OF_UNIT < DIGESTED_BYTES) return json;
  const inside = json.slice(1, -1);
  return Buffer.byteLength(inside) < DIGESTED_BYTES ? json : `sha256:${hash('sha256', inside)}`;
}

function canonicalLongText(text: LongText): string {
  return text.length < DIGESTED_BYTES ? `"${text.json.toString('utf8')}"` : `sha256:${text.digest}`;
}

/** The canonical form of an object without the members that have no effect. @throws GatewayError as {@link canonicalJson} */
export function canonicalObject(value: Record<string, unknown>, left: WithoutEffect | undefined, depth = 0): string {
  if (depth >= MAX_DEPTH) throw tooDeep();
  const names = Object.keys(value).toSorted();
  if (hasMarkedNames(names)) return canonicalObject(withPlainNames(value), left, depth);
  let text = '{';
  for (const name of names) {
    if (left?.names.has(name) || value[name] === undefined) continue;
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(name)}:${canonicalJson(value[name], insideOf(left, name), depth + 1)}`;
  }
  return `${text}}`;
}

function canonicalArray(values: readonly unknown[], left: WithoutEffect | undefined, depth: number): string {
  if (depth >= MAX_DEPTH) throw tooDeep();
  let text = '[';
  for (let at = 0; at < values.length; at += 1)
    text += (at === 0 ? '' : ',') + canonicalJson(values[at], left, depth + 1);
  return `${text}]`;
}

function insideOf(left: WithoutEffect | undefined, name: string): WithoutEffect | undefined {
  return left?.inside && Object.hasOwn(left.inside, name) ? left.inside[name] : undefined;
}

function tooDeep(): GatewayError {
  const message = `The request is nested deeper than ${MAX_DEPTH} objects and arrays. Send it flatter.`;
  return new GatewayError('invalid_request', { message });
}
