import { type Kysely, sql } from 'kysely';

/**
 * The ledger in double entry. A row of `ledger` is one try of a call and, once ended, a transfer: it debits its team and
 * credits its provider with what the try cost. `transfers` has the transfers that are no calls, `entries` shows both
 * sides of all, `accounts` holds the sums. Rows that have ended are never changed or deleted; a partition is dropped
 * whole, and `ledger_closings` keeps what it moved.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    // Request ids are ULIDs, so a range of them is a span of time, and the key is unique over all partitions.
    sql`CREATE TABLE ledger (
      request_id text COLLATE "C" NOT NULL, attempt smallint NOT NULL, state text NOT NULL, team_id text NOT NULL, key_id text NOT NULL,
      model text NOT NULL, provider text, upstream_model text, endpoint text NOT NULL, status smallint, stream boolean NOT NULL,
      cache_status text NOT NULL, cache_generation int NOT NULL, uncached text, question bigint,
      input_tokens int NOT NULL, cached_input_tokens int NOT NULL, cache_write_tokens int, output_tokens int NOT NULL,
      reasoning_tokens int NOT NULL, price_id text, list_cost_pusd bigint NOT NULL, cost_pusd bigint NOT NULL,
      saved_pusd bigint NOT NULL, saved_by text, estimated boolean NOT NULL, corrects smallint, charged text[], error_code text,
      batch_id text, custom_id text, tags jsonb, created_at timestamptz NOT NULL, latency_ms int, ttft_ms int,
      epoch text NOT NULL,
      PRIMARY KEY (request_id, attempt)) PARTITION BY RANGE (request_id)`,
    sql`CREATE TABLE ledger_rest PARTITION OF ledger DEFAULT`,
    sql`CREATE INDEX ledger_team ON ledger (team_id, request_id)`,
    sql`CREATE INDEX ledger_batch ON ledger (batch_id) WHERE batch_id IS NOT NULL`,
    sql`CREATE INDEX ledger_dispatched ON ledger (epoch) WHERE state = 'dispatched'`,
    sql`CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$`,
    sql`CREATE TRIGGER ledger_append_only BEFORE UPDATE ON ledger FOR EACH ROW WHEN (OLD.state <> 'dispatched')
      EXECUTE FUNCTION refuse_change()`,
    sql`CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
    sql`CREATE TABLE usage_rollups (
      grain text NOT NULL, period timestamptz NOT NULL, team_id text NOT NULL, key_id text NOT NULL, model text NOT NULL,
      provider text NOT NULL, cache_status text NOT NULL, saved_by text NOT NULL, stream boolean NOT NULL, tags text NOT NULL,
      requests bigint NOT NULL, attempts bigint NOT NULL, failures bigint NOT NULL, input_tokens bigint NOT NULL,
      cached_input_tokens bigint NOT NULL, output_tokens bigint NOT NULL, reasoning_tokens bigint NOT NULL,
      list_cost_pusd numeric NOT NULL, cost_pusd numeric NOT NULL, saved_pusd numeric NOT NULL,
      PRIMARY KEY (grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, tags))`,
    sql`CREATE TABLE accounts (
      id text PRIMARY KEY, debits_pusd numeric NOT NULL DEFAULT 0 CHECK (debits_pusd >= 0),
      credits_pusd numeric NOT NULL DEFAULT 0 CHECK (credits_pusd >= 0))`,
    sql`CREATE TABLE transfers (
      id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, debit_account text NOT NULL, credit_account text NOT NULL,
      amount_pusd bigint NOT NULL CHECK (amount_pusd > 0), team_id text, grant_id text, expires_at timestamptz, note text, reference text,
      actor text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), CHECK (debit_account <> credit_account))`,
    sql`CREATE INDEX transfers_team ON transfers (team_id, id)`,
    sql`CREATE UNIQUE INDEX transfers_reference ON transfers (team_id, reference) WHERE reference IS NOT NULL`,
    sql`CREATE UNIQUE INDEX transfers_expiry ON transfers (grant_id) WHERE kind = 'expiry'`,
    sql`CREATE TABLE credit_settings (team_id text PRIMARY KEY REFERENCES teams (id), prepaid boolean NOT NULL)`,
    sql`CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE ON transfers FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
    sql`CREATE TABLE ledger_closings (
      partition text NOT NULL, account text NOT NULL, debits_pusd numeric NOT NULL, credits_pusd numeric NOT NULL,
      closed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (partition, account))`,
    // A correction that gives money back goes the other way.
    sql`CREATE VIEW ledger_transfers AS
      SELECT request_id || '.' || attempt AS id, 'usage' AS kind, abs(cost_pusd) AS amount_pusd, created_at,
        CASE WHEN cost_pusd > 0 THEN 'team:' || team_id ELSE 'provider:' || coalesce(provider, '') END AS debit_account,
        CASE WHEN cost_pusd > 0 THEN 'provider:' || coalesce(provider, '') ELSE 'team:' || team_id END AS credit_account
      FROM ledger WHERE state <> 'dispatched' AND cost_pusd <> 0
      UNION ALL SELECT id, kind, amount_pusd, created_at, debit_account, credit_account FROM transfers`,
    sql`CREATE VIEW entries AS
      SELECT id AS transfer_id, debit_account AS account, amount_pusd AS debit_pusd, 0::bigint AS credit_pusd, created_at FROM ledger_transfers
      UNION ALL SELECT id, credit_account, 0::bigint, amount_pusd, created_at FROM ledger_transfers`,
    sql`CREATE TABLE processes (epoch text PRIMARY KEY, started_at timestamptz NOT NULL DEFAULT now(), seen_at timestamptz NOT NULL DEFAULT now())`,
  ];
  for (const statement of statements) await statement.execute(db);
}
