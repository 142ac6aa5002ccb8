import { type Kysely, sql } from 'kysely';

/**
 * Vendors' own batches. A shard is a part of a batch that one of them runs; its lines name it. A line that asks the same as
 * an earlier one of its batch waits for that one's answer. Batches of earlier versions go on as they are.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE batches
      ADD COLUMN planned_at timestamptz,
      ADD COLUMN escalate boolean NOT NULL DEFAULT false,
      ADD COLUMN escalated_at timestamptz,
      ADD COLUMN deduplicated_lines int NOT NULL DEFAULT 0,
      ADD COLUMN escalated_lines int NOT NULL DEFAULT 0`,
    sql`UPDATE batches SET planned_at = created_at`,
    sql`ALTER TABLE batch_lines ADD COLUMN shard_id text, ADD COLUMN same_as int, ADD COLUMN answer jsonb`,
    sql`CREATE TABLE batch_shards (
      id text PRIMARY KEY, batch_id text NOT NULL REFERENCES batches (id) ON DELETE CASCADE, provider text NOT NULL,
      provider_key text, model text NOT NULL, upstream_model text NOT NULL, deployment text NOT NULL, state text NOT NULL, lines int NOT NULL,
      worst_pusd bigint NOT NULL, charged text[], input_file_id text, creating_at timestamptz, alone_at text,
      vendor_batch_id text, vendor_status text, cancel_asked_at timestamptz, tries int NOT NULL DEFAULT 0, error text,
      next_at timestamptz NOT NULL DEFAULT now(), polls int NOT NULL DEFAULT 0, lease_token text, lease_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz)`,
    sql`CREATE INDEX batch_shards_batch ON batch_shards (batch_id)`,
    sql`CREATE INDEX batch_shards_due ON batch_shards (next_at) WHERE state <> 'ended'`,
    // Where a vendor keeps nothing of ours, one creation at a time may be in doubt.
    sql`CREATE UNIQUE INDEX batch_shards_alone ON batch_shards (alone_at) WHERE alone_at IS NOT NULL`,
    sql`CREATE INDEX batch_lines_shard ON batch_lines (shard_id, line_no) WHERE shard_id IS NOT NULL`,
    sql`CREATE INDEX batch_lines_waiting ON batch_lines (batch_id, same_as) WHERE state IN ('sharded', 'same')`,
  ];
  for (const statement of statements) await statement.execute(db);
}
