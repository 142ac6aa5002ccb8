import type { Caller } from '../../common/caller';

const HOUR_MS = 3_600_000;
/** A session ends after so long without a request. */
export const IDLE_MS = 8 * HOUR_MS;
const MEMBER_MS = 24 * HOUR_MS;
/** Of roles that see or change all teams. */
const PLATFORM_MS = 12 * HOUR_MS;
/** Of the administrator's key of the environment, which is for emergencies. */
const ADMIN_KEY_MS = HOUR_MS;

/** The id of the administrator's key, which has no row. */
export const ADMIN_KEY_ID = 'admin';

/** The sign-in of a person with a key. The session's token is not stored, only its hash. */
export interface Session {
  id: string;
  keyId: string;
  createdAt: Date;
  /** Written once a minute at most. */
  seenAt: Date;
  /** The latest end; it ends earlier without requests. */
  endsAt: Date;
  /** Of the sign-in. */
  address: string;
  agent: string;
}

/** How long a session of a caller may last, used or not. */
export function longestMs({ keyId, role }: Pick<Caller, 'keyId' | 'role'>): number {
  if (keyId === ADMIN_KEY_ID) return ADMIN_KEY_MS;
  return role === 'platform_admin' || role === 'auditor' ? PLATFORM_MS : MEMBER_MS;
}
