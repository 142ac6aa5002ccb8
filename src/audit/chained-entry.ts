import { createHash } from 'node:crypto';
import { toJcs } from '../common/jcs';
import type { AuditEvent } from './audit-event';

/** An audit event with its place in the chain: what its hash is over. */
export interface ChainedEntry extends Omit<AuditEvent, 'seq' | 'hash' | 'createdAt'> {
  /** 1 for the first entry, without gaps. */
  seq: number;
  /** The hash of the entry before, in hex; {@link NO_HASH} for the first one. */
  prev_hash: string;
  /** RFC 3339 in UTC with milliseconds. */
  created_at: string;
}

/** What the first entry has in place of the hash of an entry before it. */
export const NO_HASH = '0'.repeat(64);

/**
 * The hash of an entry: SHA-256 of its canonical JSON, in hex. Members that are added to entries later must be left out where they
 * are null: entries without them keep their hashes.
 */
export function hashOf(entry: ChainedEntry): string {
  const { seq, prev_hash, id, created_at, actor, action, subject, team_id, before, after, details } = entry;
  const hashed = { seq, prev_hash, id, created_at, actor, action, subject, team_id, before, after, details };
  return createHash('sha256').update(toJcs(hashed)).digest('hex');
}
