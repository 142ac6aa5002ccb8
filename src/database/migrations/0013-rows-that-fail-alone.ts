import { type Kysely, sql } from 'kysely';

/**
 * Roll-ups keyed by a hash of their tags: an index row holds 2,704 bytes, a list of tags may be longer. And the rows that the
 * ledger refused, with what they cost.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE usage_rollups ADD COLUMN tags_hash bytea NOT NULL DEFAULT ''`,
    sql`UPDATE usage_rollups SET tags_hash = sha256(convert_to(tags, 'UTF8')) WHERE tags <> ''`,
    sql`ALTER TABLE usage_rollups DROP CONSTRAINT usage_rollups_pkey`,
    sql`ALTER TABLE usage_rollups ADD CONSTRAINT usage_rollups_pkey
      PRIMARY KEY (grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, batch, tags_hash)`,
    sql`CREATE TABLE ledger_refusals (
      request_id text COLLATE "C" NOT NULL, attempt smallint NOT NULL, state text NOT NULL, owner text NOT NULL, team_id text NOT NULL,
      key_id text NOT NULL, cost_pusd numeric NOT NULL, charged text[], reason text NOT NULL, row bytea NOT NULL, created_at timestamptz NOT NULL,
      refused_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (request_id, attempt))`,
    sql`CREATE INDEX ledger_refusals_owner ON ledger_refusals (owner) WHERE state = 'dispatched'`,
  ];
  for (const statement of statements) await statement.execute(db);
}
