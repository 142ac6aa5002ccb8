import { type Kysely, sql } from 'kysely';

/** Administrators' rules of the cache for keys and models, and the teams that share answers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE api_keys ADD COLUMN cache jsonb`,
    sql`ALTER TABLE admin_models ADD COLUMN cache jsonb, ALTER COLUMN deployments DROP NOT NULL`,
    sql`CREATE TABLE cache_shares (
      id text PRIMARY KEY, name text NOT NULL UNIQUE, all_teams boolean NOT NULL, team_ids jsonb NOT NULL, models jsonb,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now())`,
  ];
  for (const statement of statements) await statement.execute(db);
}
