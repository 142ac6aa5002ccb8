import { hash } from 'node:crypto';
import { canonicalObject, quoted } from './canonical-json';

/** Incremented when the hashed text or the stored entry changes its format. */
const SCHEMA_VERSION = 2;
const PREFIX = 'ai_cache';

export interface CacheKeyParts {
  /** Whose responses the key reaches: the id of a team, or of a share of several teams. */
  scope: string;
  model: string;
  generation: number;
  /** The path of the public API. */
  endpoint: string;
  /** The providers and the upstream model that write the response, see Model.target. */
  target: string;
  /** The caller's own partition of its cache. */
  namespace: string | undefined;
}

/**
 * `ai_cache:{scope}:{model}:{generation}:{sha256}`
 *
 * @param withoutEffect members of the body that do not change the response
 */
export function cacheKey(
  parts: CacheKeyParts,
  body: Record<string, unknown>,
  withoutEffect: ReadonlySet<string>,
): string {
  const namespace = parts.namespace === undefined ? 'null' : quoted(parts.namespace);
  const context = `[${SCHEMA_VERSION},${quoted(parts.endpoint)},${quoted(parts.target)},${namespace}]`;
  const digest = hash('sha256', context + canonicalObject(body, withoutEffect));
  return `${PREFIX}:${parts.scope}:${parts.model}:${parts.generation}:${digest}`;
}

/** Model and generation of a key; a model's name may contain colons. */
export function modelOfKey(key: string): { model: string; generation: number } {
  const parts = key.split(':');
  return { model: parts.slice(2, -2).join(':'), generation: Number(parts.at(-2)) };
}

/** The scope of a key; it contains no colons. */
export function scopeOfKey(key: string): string {
  return key.split(':', 2)[1] ?? '';
}

/** The key in a response's header, which is percent-encoded where the model's name is not ASCII. */
export function keyOfHeader(text: string): string {
  if (!text.startsWith(encodeURIComponent(`${PREFIX}:`))) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
