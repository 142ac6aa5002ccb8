import type { ApiKey, KeyRole, UsageReport } from '@thriftgate/contracts';
import { givenRoles } from './given-roles';

const MS_PER_DAY = 86_400_000;
/** Before its end a key counts as expiring for so long. */
export const EXPIRING_DAYS = 14;
/** A key without calls for so long counts as unused. */
export const UNUSED_DAYS = 90;

export type KeyState = 'active' | 'expiring' | 'replaced' | 'expired' | 'revoked';

/** A key with what it has cost, and when it was used last. */
export interface KeyRow {
  key: ApiKey;
  state: KeyState;
  /** Undefined until it is known. */
  costUsd: string | undefined;
  requests: number | undefined;
  /** The last day with a call in the last 90; null without one; undefined until it is known. */
  lastDay: string | null | undefined;
}

/** What a key is at an instant. */
export function stateOf(key: ApiKey, now: number): KeyState {
  if (key.revoked_at !== null) return 'revoked';
  const end = key.expires_at === null ? Infinity : Date.parse(key.expires_at);
  if (end <= now) return 'expired';
  if (key.replaced_by !== null) return 'replaced';
  return end - now <= EXPIRING_DAYS * MS_PER_DAY ? 'expiring' : 'active';
}

/** Joins keys with the sums of a period and with their days of the last 90. */
export function keyRows(keys: readonly ApiKey[], period?: UsageReport, days?: UsageReport, now = Date.now()): KeyRow[] {
  const sums = new Map(period?.data.map((row) => [row.key, row]));
  const lastDays = new Map<string, string>();
  for (const { key, day } of days?.data ?? [])
    if (key && day && day > (lastDays.get(key) ?? '')) lastDays.set(key, day);
  return keys.map((key) => ({
    key,
    state: stateOf(key, now),
    costUsd: period && (sums.get(key.id)?.cost_usd ?? '0'),
    requests: period && (sums.get(key.id)?.requests ?? 0),
    lastDay: days && (lastDays.get(key.id) ?? null),
  }));
}

/** Whether a person with a role may change, rotate and revoke a key. */
export const isChangeable = ({ key, state }: KeyRow, role: KeyRole): boolean =>
  state !== 'revoked' && state !== 'expired' && !key.managed && givenRoles(role).includes(key.role);

export const KEY_FILTERS = ['active', 'expiring', 'unused', 'revoked'] as const;
export type KeyFilter = (typeof KEY_FILTERS)[number];

/** Whether a filter of the page shows a row. Keys that are younger than 90 days are not called unused. */
export function isShown({ key, state, lastDay }: KeyRow, filter: KeyFilter, now = Date.now()): boolean {
  const isLive = state !== 'revoked' && state !== 'expired';
  switch (filter) {
    case 'active':
      return isLive;
    case 'expiring':
      return state === 'expiring' || state === 'replaced';
    case 'unused':
      return isLive && lastDay === null && now - Date.parse(key.created_at) > UNUSED_DAYS * MS_PER_DAY;
    case 'revoked':
      return !isLive;
  }
}
