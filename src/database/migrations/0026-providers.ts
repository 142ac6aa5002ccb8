import { type Kysely, sql } from 'kysely';

/** Providers that administrators add, keys of providers, which may be a team's own, and the routing of models. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE admin_providers (
      name text PRIMARY KEY, type text NOT NULL, base_url text, headers text, query jsonb NOT NULL,
      enabled boolean NOT NULL, serves_catalogue boolean NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now())`,
    sql`CREATE TABLE provider_keys (
      id text PRIMARY KEY, provider text NOT NULL, team_id text REFERENCES teams (id), name text, secret text NOT NULL,
      hint text, fallback boolean NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`,
    sql`CREATE INDEX provider_keys_by_provider ON provider_keys (provider)`,
    sql`ALTER TABLE admin_models ADD COLUMN routing jsonb`,
  ];
  for (const statement of statements) await statement.execute(db);
}
