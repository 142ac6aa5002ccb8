import { type Kysely, sql } from 'kysely';

/** What a life of a process held and sent is held and sent by an owner, which may be a batch. All rows stay. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE processes RENAME TO owners`,
    sql`ALTER TABLE owners RENAME COLUMN epoch TO id`,
    sql`ALTER TABLE owners RENAME CONSTRAINT processes_pkey TO owners_pkey`,
    sql`ALTER TABLE owners ADD COLUMN kind text NOT NULL DEFAULT 'instance' CHECK (kind IN ('instance', 'batch'))`,
    sql`ALTER TABLE owners ALTER COLUMN kind DROP DEFAULT`,
    sql`ALTER TABLE ledger RENAME COLUMN epoch TO owner`,
    sql`ALTER TABLE budget_leases RENAME COLUMN epoch TO owner`,
    sql`ALTER INDEX budget_leases_epoch RENAME TO budget_leases_owner`,
    sql`ALTER TABLE idempotency_keys RENAME COLUMN epoch TO owner`,
  ];
  for (const statement of statements) await statement.execute(db);
}
