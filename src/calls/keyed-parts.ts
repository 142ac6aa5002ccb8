import { hash } from 'node:crypto';
import type { JsonRecord, WithoutEffect } from '@thriftgate/providers';
import { canonicalObject } from '../cache/key/canonical-json';

/** From this length on, in UTF-16 units, the digest of the shared members stands for them. */
const LONG = 1_024;

/**
 * The bodies that the keys of parts are made of. Members that all parts share are written once where they are long: with each
 * part they would hold up other calls for the length of the body times the number of its parts.
 *
 * @param parts of one body, which differ in members of the body that are lists
 * @throws GatewayError `invalid_request` where the body is nested too deeply
 */
export function keyedParts(parts: readonly JsonRecord[], withoutEffect: WithoutEffect): readonly JsonRecord[] {
  const [first, second] = parts;
  if (!first || !second) return parts;
  const names = Object.keys(first);
  const shared = new Set(names.filter((name) => parts.every((part) => part[name] === first[name])));
  const text = canonicalObject(Object.fromEntries([...shared].map((name) => [name, first[name]])), withoutEffect);
  if (text.length < LONG) return parts;
  const own = names.filter((name) => !shared.has(name));
  const members = `sha256:${hash('sha256', text)}`;
  return parts.map((part) => ({
    ...Object.fromEntries(own.map((name) => [name, part[name]])),
    'shared members': members,
  }));
}
