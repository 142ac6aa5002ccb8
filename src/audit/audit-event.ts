/** Actions of administrators, and of the gateway itself. */
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

/** The actor of the gateway's own actions. */
export const GATEWAY = 'gateway';

export interface NewAuditEvent {
  /** A key's id, `admin` for the administrator's key, or `gateway` for the gateway's own actions. */
  actor: string;
  action: AuditAction;
  /** The object of the action; null for all. */
  subject: string | null;
  details: Record<string, unknown>;
}

export interface AuditEvent extends NewAuditEvent {
  id: string;
  createdAt: Date;
}
