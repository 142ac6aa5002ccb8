import { type Kysely, sql } from 'kysely';

/** Keys have one of four roles (`member` was `team_member`), and people sign in with them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`UPDATE api_keys SET role = 'member' WHERE role = 'team_member'`,
    sql`CREATE TABLE sessions (
      id text PRIMARY KEY, token_hash text NOT NULL UNIQUE, key_id text NOT NULL, admin_key_hash text,
      created_at timestamptz NOT NULL, seen_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, ended_at timestamptz,
      address text NOT NULL, agent text NOT NULL, revision bigint NOT NULL)`,
    sql`CREATE INDEX sessions_revision ON sessions (revision)`,
    sql`CREATE INDEX sessions_end ON sessions (ends_at)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
