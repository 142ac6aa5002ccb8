export interface AccessTables {
  sessions: SessionsTable;
}

/** People who are signed in. An ended session stays for 30 days. */
export interface SessionsTable {
  id: string;
  /** SHA-256 of the token, which is not stored. */
  token_hash: string;
  key_id: string;
  /** The team of the key; null in rows of older versions. */
  team_id: string | null;
  admin_key_hash: string | null;
  created_at: Date;
  seen_at: Date;
  ends_at: Date;
  ended_at: Date | null;
  address: string;
  agent: string;
  revision: bigint;
}
