import { type Kysely, sql } from 'kysely';

/** What ends the service of cached answers: rules, versions that deployments named, what each model stands for, and who did it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE invalidation_rules (
      revision bigint PRIMARY KEY, model text, version text, team_id text, tag text, key text, before timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL)`,
    sql`CREATE TABLE deployment_versions (
      deployment text NOT NULL, kind text NOT NULL, of_version text NOT NULL DEFAULT '', name text NOT NULL,
      first_seen_at timestamptz NOT NULL DEFAULT now(), last_seen_at timestamptz NOT NULL DEFAULT now(),
      expected boolean NOT NULL DEFAULT false,
      PRIMARY KEY (deployment, kind, of_version, name))`,
    sql`INSERT INTO deployment_versions (deployment, kind, name, first_seen_at, last_seen_at)
      SELECT deployment, 'model', upstream_model, seen_at, seen_at FROM deployment_models`,
    sql`DROP TABLE deployment_models`,
    sql`CREATE TABLE model_targets (
      model text PRIMARY KEY, target text NOT NULL, version text, updated_at timestamptz NOT NULL DEFAULT now())`,
    sql`CREATE TABLE admin_models (
      name text PRIMARY KEY, deployments jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now())`,
    sql`CREATE TABLE audit_events (
      id text PRIMARY KEY, actor text NOT NULL, action text NOT NULL, subject text, details jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now())`,
  ];
  for (const statement of statements) await statement.execute(db);
}
