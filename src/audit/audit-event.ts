/** What administrators and the gateway itself do to the state of things. */
export type AuditAction =
  | 'cache.invalidated'
  | 'cache_share.created'
  | 'cache_share.updated'
  | 'cache_share.deleted'
  | 'key.cache_rules_changed'
  | 'model.created'
  | 'model.updated'
  | 'model.deleted'
  | 'model.version_configured'
  | 'model.version_declared'
  | 'model.replaced'
  | 'model.retargeted'
  | 'model.drifted';

/** The actor of what nobody asked for. */
export const GATEWAY = 'gateway';

export interface NewAuditEvent {
  /** A key's id, `admin` for the administrator's own, `gateway` for what it did by itself. */
  actor: string;
  action: AuditAction;
  /** What it was done to; null for everything. */
  subject: string | null;
  details: Record<string, unknown>;
}

export interface AuditEvent extends NewAuditEvent {
  id: string;
  createdAt: Date;
}
