import { type Kysely, sql } from 'kysely';

/** Prices that administrators set, each in force from a time on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE prices (
    id text PRIMARY KEY, model text, provider text, team_id text, valid_from timestamptz NOT NULL, rates jsonb,
    multiplier_millionths bigint CHECK (multiplier_millionths >= 0), source text NOT NULL, note text, created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), withdrawn_at timestamptz,
    CHECK ((rates IS NULL) <> (multiplier_millionths IS NULL)), CHECK (model IS NOT NULL OR rates IS NULL))`.execute(
    db,
  );
}
