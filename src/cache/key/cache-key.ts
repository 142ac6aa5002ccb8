import { hash } from 'node:crypto';
import { canonicalObject, quoted } from './canonical-json';

/** Raised when what is hashed or what is stored changes its form. */
const SCHEMA_VERSION = 2;
const PREFIX = 'ai_cache';

/**
 * Members that cannot change the answer. Everything else counts, also what this gateway has never heard of: a member that
 * is left out by mistake would serve a wrong answer, one too many only costs a hit.
 */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'use_cache',
  'cache',
]);

export interface CacheKeyParts {
  /** Who shares the answer: the team, unless an administrator shares more. */
  scope: string;
  model: string;
  generation: number;
  endpoint: string;
  /** The providers and the upstream model that write the answer, see Model.target. */
  target: string;
  /** The caller's own division of its cache. */
  namespace: string | undefined;
}

/** `ai_cache:{scope}:{model}:{generation}:{sha256}` */
export function cacheKey(parts: CacheKeyParts, body: Record<string, unknown>): string {
  const namespace = parts.namespace === undefined ? 'null' : quoted(parts.namespace);
  const place = `[${SCHEMA_VERSION},${quoted(parts.endpoint)},${quoted(parts.target)},${namespace}]`;
  const digest = hash('sha256', place + canonicalObject(body, WITHOUT_EFFECT));
  return `${PREFIX}:${parts.scope}:${parts.model}:${parts.generation}:${digest}`;
}

/** Model and generation of a key; a model's name may have colons in it. */
export function modelOfKey(key: string): { model: string; generation: number } {
  const parts = key.split(':');
  return { model: parts.slice(2, -2).join(':'), generation: Number(parts.at(-2)) };
}

/** Who shares a key's answer; a scope's name has no colons. */
export function scopeOfKey(key: string): string {
  return key.split(':', 2)[1] ?? '';
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
