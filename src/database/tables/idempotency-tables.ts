import type { JSONColumnType } from 'kysely';

export interface IdempotencyTables {
  idempotency_keys: IdempotencyKeysTable;
}

/** A call that is made once, however often it is sent. */
export interface IdempotencyKeysTable {
  team_id: string;
  idempotency_key: string;
  /** SHA-256 of method, path and body: another one under the same key is a mistake. */
  fingerprint: string;
  /** The instance that makes the call. */
  owner: string;
  request_id: string;
  /** `lost`: the process that made the call is gone with its journal, so it is unknown whether an upstream was asked. */
  state: 'running' | 'done' | 'lost';
  status: number | null;
  headers: JSONColumnType<Record<string, string> | null, string | null, string | null>;
  /** The bytes of the answer; null where it was too large to keep. */
  body: Buffer | null;
  expires_at: Date;
}
