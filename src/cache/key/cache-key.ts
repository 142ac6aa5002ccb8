import { hash } from 'node:crypto';
import type { WithoutEffect } from '@thriftgate/providers';
import { canonicalObject } from './canonical-json';

/** Raised when what is hashed or what is stored changes its form. */
const SCHEMA_VERSION = 3;
const PREFIX = 'ai_cache';

export interface CacheKeyParts {
  /** Who shares the answer: the team, unless an administrator shares more. */
  scope: string;
  model: string;
  generation: number;
  /** The path of the public API. */
  endpoint: string;
  /** The providers and the upstream model that write the answer, see Model.target. */
  target: string;
  /** The caller's own division of its cache. */
  namespace: string | undefined;
}

/**
 * `ai_cache:{scope}:{model}:{generation}:{sha256}`
 *
 * @param withoutEffect members of the body that cannot change the answer
 */
export function cacheKey(parts: CacheKeyParts, body: Record<string, unknown>, withoutEffect: WithoutEffect): string {
  const namespace = parts.namespace === undefined ? 'null' : JSON.stringify(parts.namespace);
  const place = `[${SCHEMA_VERSION},${JSON.stringify(parts.endpoint)},${JSON.stringify(parts.target)},${namespace}]`;
  const digest = hash('sha256', place + canonicalObject(body, withoutEffect));
  return `${PREFIX}:${parts.scope}:${parts.model}:${parts.generation}:${digest}`;
}

/** The key of a call whose parts have keys of their own, of one scope, model and generation. */
export function keyOfAll(keys: readonly string[]): string {
  const [first = ''] = keys;
  const digests = keys.map((key) => key.slice(key.lastIndexOf(':') + 1));
  return `${first.slice(0, first.lastIndexOf(':'))}:${hash('sha256', digests.join())}`;
}

/** Model and generation of a key; a model's name may have colons in it. */
export function modelOfKey(key: string): { model: string; generation: number } {
  const parts = key.split(':');
  return { model: parts.slice(2, -2).join(':'), generation: Number(parts.at(-2)) };
}

/** Who shares a key's answer; a scope's name has no colons. */
export function scopeOfKey(key: string): string {
  const from = key.indexOf(':') + 1;
  return key.slice(from, key.indexOf(':', from));
}

/** The key that a header of an answer says: there it is percent-encoded where the model's name is not of ASCII. */
export function keyOfHeader(text: string): string {
  if (!text.startsWith(encodeURIComponent(`${PREFIX}:`))) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
