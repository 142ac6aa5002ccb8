import type { JSONColumnType } from 'kysely';

export interface IdempotencyTables {
  idempotency_keys: IdempotencyKeysTable;
}

/**
 * `running`: a process works on it. `done`: the answer is here. `too_large`: it was answered, but with more than is kept.
 * `unknown`: its process stopped, and the provider may have been asked.
 */
export type IdempotencyState = 'running' | 'done' | 'too_large' | 'unknown';

/** One use of an `Idempotency-Key`. */
export interface IdempotencyKeysTable {
  team_id: string;
  /** The API key that made the call. */
  key_id: string;
  idempotency_key: string;
  /** The route's pattern, as `/v1/batches/:id/cancel`. */
  endpoint: string;
  /** SHA-256 over what was asked, in hex. */
  fingerprint: string;
  state: IdempotencyState;
  /** True where running it again does no harm as long as no answer is here: it spends nothing, or in the same transaction. */
  repeatable: boolean;
  /** The process life that works on it, or did. */
  epoch: string;
  /** The call's id, in the ledger too. */
  request_id: string;
  status: number | null;
  headers: JSONColumnType<Record<string, string> | null>;
  /** The whole answer; a stream as the text of its events. */
  body: Buffer | null;
  created_at: Date;
  expires_at: Date;
}
