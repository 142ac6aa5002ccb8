import { randomBytes } from 'node:crypto';
import type * as contracts from '@thriftgate/contracts';
import type { KeyCacheRules } from '../common/caller';
import { includesRole, type Role } from '../common/permissions';
import { GatewayError } from '../common/errors';

export const KEY_PREFIX = 'sk-tg-';

const KEY_BYTES = 32;
const SHOWN_CHARACTERS = KEY_PREFIX.length + 4;

/** The stored data of a key; the key's text is not stored. */
export interface ApiKey {
  id: string;
  teamId: string;
  name: string;
  role: Role;
  /** The first characters, by which people recognise the key. */
  prefix: string;
  /** Models that the key may use; null means all. */
  models: string[] | null;
  /** Requests per minute; null means unlimited. */
  rpmLimit: number | null;
  /** Whether the lines of its batches that run live count as requests per minute. */
  batchLinesCount: boolean;
  /** The limit of output tokens for calls without one; null means that of the model. */
  defaultMaxTokens: number | null;
  /** Cache rules of the key's calls, in the shape of `/admin`. */
  cache: contracts.KeyCacheRules | null;
  /** Whether the gateway has made it for the console; its text is not kept. */
  managed: boolean;
  expiresAt: Date | null;
  createdAt: Date;
  /** The id of the key that replaced this one. */
  replacedBy: string | null;
  /** Null while the key is not revoked. A revoked key can be read, not changed. */
  revokedAt: Date | null;
}

/** The settings of a key that can be changed. */
export type ApiKeySettings = Pick<
  ApiKey,
  'name' | 'models' | 'rpmLimit' | 'batchLinesCount' | 'defaultMaxTokens' | 'expiresAt' | 'cache'
>;

/** Changes of settings: undefined members do not change. A cache rule of null is removed. */
export type ApiKeyChanges = Partial<Omit<ApiKeySettings, 'cache'> & { cache: contracts.KeyCacheRulesChange }>;

/** Generates the text of a new key: a prefix and 256 random bits. */
export function newKeyText(prefix = KEY_PREFIX): string {
  return prefix + randomBytes(KEY_BYTES).toString('base64url');
}

/** The part of a key's text that is stored and shown. */
export function shownPrefix(keyText: string): string {
  return keyText.slice(0, SHOWN_CHARACTERS);
}

/** @param revokedAt when the key was revoked, if it ever existed */
export function noSuchKey(id: string, revokedAt?: Date | null): GatewayError {
  const message = revokedAt
    ? `The key '${id}' was revoked at ${revokedAt.toISOString()}.`
    : `There is no key '${id}'. GET /admin/teams/{id}/keys lists the keys of a team.`;
  return new GatewayError('not_found', { message });
}

/** @throws GatewayError `forbidden` for a role with more rights than the caller's: a key could make itself an administrator */
export function requireRole(caller: Role, role: Role): void {
  if (includesRole(caller, role)) return;
  const message = `The role ${role} has more rights than ${caller}: keys with it are managed by a platform admin.`;
  throw new GatewayError('forbidden', { message, param: 'role' });
}

/** A replaced key may expire sooner, not later: two keys would work. @throws GatewayError `conflict` */
export function requireNoRevival({ replacedBy, expiresAt: before }: ApiKey, { expiresAt: after }: ApiKeyChanges): void {
  if (replacedBy === null || after === undefined) return;
  if (after !== null && (before === null || after <= before)) return;
  const until = before ? ` It ends at ${before.toISOString()}: expires_at can only be sooner.` : '';
  const message = `This key is replaced by '${replacedBy}', so its expires_at cannot be later.${until}`;
  throw new GatewayError('conflict', { message, param: 'expires_at' });
}

/** The rules in the form that calls are checked against. */
export function toCacheRules(rules: contracts.KeyCacheRules | null): KeyCacheRules | undefined {
  if (!rules) return undefined;
  const {
    enabled,
    max_ttl_seconds: maxTtlSeconds,
    shared,
    store_tool_calls: storeToolCalls,
    allowed_cache_controls: allowedControls,
  } = rules;
  return { enabled, maxTtlSeconds, shared, storeToolCalls, allowedControls };
}

/** A key in the shape of `/admin`. */
export function toWire(key: ApiKey): contracts.ApiKey {
  return {
    id: key.id,
    prefix: key.prefix,
    name: key.name,
    team_id: key.teamId,
    role: key.role,
    models: key.models,
    rpm_limit: key.rpmLimit,
    batch_lines_count: key.batchLinesCount,
    default_max_tokens: key.defaultMaxTokens,
    expires_at: key.expiresAt?.toISOString() ?? null,
    cache: key.cache,
    created_at: key.createdAt.toISOString(),
    managed: key.managed,
    replaced_by: key.replacedBy,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}
