import type { AuditAction } from '@thriftgate/contracts';
import type { Actor } from './seen-version';

/** The actor of the gateway's own actions. */
export const GATEWAY = 'gateway';

/** A changed object as its route shows it, which has no secrets. */
export type AuditedObject = Readonly<Record<string, unknown>>;

export interface NewAuditEvent {
  /** A key's id, `admin` for the administrator's key, or `gateway` for the gateway's own actions. */
  actor: Actor;
  action: AuditAction;
  /** The object of the action; null for all. */
  subject: string | null;
  /** The team that the action concerns, where neither the object nor the details name it. */
  teamId?: string | null | undefined;
  /** The object before the change; omitted for a new one, and for an action without an object. */
  before?: AuditedObject | undefined;
  /** The object after the change; omitted for a deleted one, and for an action without an object. */
  after?: AuditedObject | undefined;
  /** What else is known of the action. */
  details?: Readonly<Record<string, unknown>>;
}

export interface AuditEvent {
  id: string;
  /** Its place in the chain, from 1; null for an event from before the chain. */
  seq: number | null;
  /** Its hash in the chain, in hex; null as `seq`. */
  hash: string | null;
  actor: string;
  action: string;
  subject: string | null;
  /** The team that it concerns; null for what concerns all, or is not for a team to see. */
  team_id: string | null;
  before: AuditedObject | null;
  after: AuditedObject | null;
  details: Record<string, unknown>;
  createdAt: Date;
}
