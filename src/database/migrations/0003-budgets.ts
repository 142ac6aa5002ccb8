import { type Kysely, sql } from 'kysely';

/**
 * Budgets, and who may spend how much of each window. A process spends only what it leased, and leases are given one
 * after the other, under the lock of the window's row, so that all of them together never pass the limit.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`CREATE TABLE budgets (
      id text PRIMARY KEY, team_id text NOT NULL REFERENCES teams (id), key_id text, limit_pusd bigint NOT NULL CHECK (limit_pusd >= 0),
      window_kind text NOT NULL, timezone text NOT NULL, action text NOT NULL, downgrade_to text, thresholds jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz,
      revision bigint NOT NULL)`,
    sql`CREATE INDEX budgets_revision ON budgets (revision)`,
    sql`CREATE TABLE budget_windows (
      budget_id text NOT NULL, window_start timestamptz NOT NULL, wanted_at timestamptz, PRIMARY KEY (budget_id, window_start))`,
    sql`CREATE TABLE budget_leases (
      budget_id text NOT NULL, window_start timestamptz NOT NULL, epoch text NOT NULL,
      granted_pusd numeric NOT NULL CHECK (granted_pusd >= 0), used_pusd numeric NOT NULL DEFAULT 0, closed boolean NOT NULL DEFAULT false,
      PRIMARY KEY (budget_id, window_start, epoch))`,
    sql`CREATE INDEX budget_leases_epoch ON budget_leases (epoch) WHERE NOT closed`,
  ];
  for (const statement of statements) await statement.execute(db);
}
