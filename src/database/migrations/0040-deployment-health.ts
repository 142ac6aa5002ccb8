import { type Kysely, sql } from 'kysely';

/** How the attempts of each deployment ended, by minute, and its last failure. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE deployment_minutes (
      minute timestamptz NOT NULL, deployment text NOT NULL, attempts int NOT NULL, failures int NOT NULL,
      rate_limited int NOT NULL, latency numeric NOT NULL, PRIMARY KEY (minute, deployment))`,
    sql`CREATE TABLE deployment_errors (
      deployment text PRIMARY KEY, code text NOT NULL, status int, message text NOT NULL, request_id text,
      at timestamptz NOT NULL)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
