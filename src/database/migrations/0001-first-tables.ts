import { type Kysely, sql } from 'kysely';

/** The first tables. Text ids sort by time; what is asked by team and time has an index on just that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE settings (name text PRIMARY KEY, value text NOT NULL)`,
    sql`CREATE TABLE revisions (topic text PRIMARY KEY, revision bigint NOT NULL DEFAULT 0)`,
    sql`CREATE TABLE teams (
      id text PRIMARY KEY, name text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz)`,
    sql`CREATE UNIQUE INDEX teams_name ON teams (name) WHERE deleted_at IS NULL`,
    sql`CREATE TABLE api_keys (
      id text PRIMARY KEY, team_id text NOT NULL REFERENCES teams (id), name text NOT NULL, role text NOT NULL,
      prefix text NOT NULL, hash text NOT NULL UNIQUE, models jsonb, rpm_limit int, expires_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), revoked_at timestamptz,
      replaced_by text, revision bigint NOT NULL)`,
    sql`CREATE INDEX api_keys_team ON api_keys (team_id)`,
    sql`CREATE INDEX api_keys_revision ON api_keys (revision)`,
    sql`CREATE TABLE model_generations (
      model text NOT NULL, generation int NOT NULL, version text, reason text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (model, generation))`,
    sql`CREATE TABLE deployment_models (
      deployment text PRIMARY KEY, upstream_model text NOT NULL, seen_at timestamptz NOT NULL DEFAULT now())`,
    sql`CREATE TABLE files (
      id text PRIMARY KEY, team_id text NOT NULL REFERENCES teams (id), filename text NOT NULL, purpose text NOT NULL,
      bytes bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), ready_at timestamptz)`,
    sql`CREATE INDEX files_team ON files (team_id, id)`,
    sql`CREATE TABLE file_chunks (
      file_id text NOT NULL REFERENCES files (id) ON DELETE CASCADE, chunk int NOT NULL, content bytea NOT NULL,
      PRIMARY KEY (file_id, chunk))`,
    sql`CREATE TABLE batches (
      id text PRIMARY KEY, team_id text NOT NULL REFERENCES teams (id), key_id text NOT NULL, endpoint text NOT NULL,
      request_id text NOT NULL, status text NOT NULL, completion_window text NOT NULL, input_file_id text NOT NULL, output_file_id text,
      error_file_id text, metadata jsonb, errors jsonb, total_lines int NOT NULL, completed_lines int NOT NULL DEFAULT 0,
      failed_lines int NOT NULL DEFAULT 0, cached_lines int NOT NULL DEFAULT 0, list_cost_pusd bigint NOT NULL DEFAULT 0,
      cost_pusd bigint NOT NULL DEFAULT 0, saved_pusd bigint NOT NULL DEFAULT 0, providers text[] NOT NULL DEFAULT '{}',
      lease_token text, lease_until timestamptz, created_at timestamptz NOT NULL, in_progress_at timestamptz, finalizing_at timestamptz,
      completed_at timestamptz, failed_at timestamptz, expired_at timestamptz, cancelling_at timestamptz,
      cancelled_at timestamptz, expires_at timestamptz NOT NULL)`,
    sql`CREATE INDEX batches_team ON batches (team_id, id)`,
    sql`CREATE INDEX batches_request ON batches (request_id)`,
    sql`CREATE INDEX batches_open ON batches (id) WHERE status NOT IN ('failed', 'completed', 'expired', 'cancelled')`,
    sql`CREATE TABLE batch_lines (
      batch_id text NOT NULL REFERENCES batches (id) ON DELETE CASCADE, line_no int NOT NULL, custom_id text NOT NULL,
      state text NOT NULL, url text NOT NULL, body text NOT NULL, lease_token text, lease_until timestamptz,
      starts int NOT NULL DEFAULT 0, request_id text, response_status int, result text,
      PRIMARY KEY (batch_id, line_no), UNIQUE (batch_id, custom_id))`,
    sql`CREATE INDEX batch_lines_open ON batch_lines (batch_id, line_no) WHERE state IN ('pending', 'running')`,
    sql`INSERT INTO teams (id, name) VALUES ('team_platform', 'platform')`,
  ];
  for (const statement of statements) await statement.execute(db);
}
