import { randomBytes } from 'node:crypto';
import type * as contracts from '@thriftgate/contracts';
import type { KeyCacheRules, Role } from '../common/caller';
import { GatewayError } from '../common/errors';

export const KEY_PREFIX = 'sk-tg-';

const KEY_BYTES = 32;
const SHOWN_CHARACTERS = KEY_PREFIX.length + 4;

/** What is known of a key; the key itself is not. */
export interface ApiKey {
  id: string;
  teamId: string;
  name: string;
  role: Role;
  /** The first characters, for people to tell keys apart. */
  prefix: string;
  /** Model names this key may use; null is all. */
  models: string[] | null;
  /** Requests a minute; null is unlimited. */
  rpmLimit: number | null;
  /** What its calls may have of the cache, as it is written on the wire. */
  cache: contracts.KeyCacheRules | null;
  expiresAt: Date | null;
  createdAt: Date;
  /** The id of the key that took this one's place. */
  replacedBy: string | null;
}

/** The settings of a key that can be changed. */
export type ApiKeySettings = Pick<ApiKey, 'name' | 'models' | 'rpmLimit' | 'expiresAt' | 'cache'>;

/** Changes of settings: what is undefined stays. Of the rules of the cache, null takes one away. */
export type ApiKeyChanges = Partial<Omit<ApiKeySettings, 'cache'> & { cache: contracts.KeyCacheRulesChange }>;

/** Makes the text of a new key: 256 random bits after a prefix. */
export function newKeyText(prefix = KEY_PREFIX): string {
  return prefix + randomBytes(KEY_BYTES).toString('base64url');
}

/** The part of a key's text that may be kept and shown. */
export function shownPrefix(keyText: string): string {
  return keyText.slice(0, SHOWN_CHARACTERS);
}

export function noSuchKey(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no key '${id}', or it is revoked.` });
}

/** The rules as a call is held against them. */
export function toCacheRules(rules: contracts.KeyCacheRules | null): KeyCacheRules | undefined {
  if (!rules) return undefined;
  const { enabled, max_ttl_seconds: maxTtlSeconds, shared, allowed_cache_controls: allowedControls } = rules;
  return { enabled, maxTtlSeconds, shared, allowedControls };
}

/** A key in the shape of `/admin`. */
export function toWire(key: ApiKey): contracts.ApiKey {
  return {
    id: key.id,
    prefix: key.prefix,
    name: key.name,
    team_id: key.teamId,
    role: key.role === 'platform_admin' ? 'admin' : 'member',
    models: key.models,
    rpm_limit: key.rpmLimit,
    expires_at: key.expiresAt?.toISOString() ?? null,
    cache: key.cache,
    created_at: key.createdAt.toISOString(),
  };
}
