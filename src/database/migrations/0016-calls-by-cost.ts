import { type Kysely, sql } from 'kysely';

/** An index for the calls with the highest cost, in the order of the pages of `GET /admin/requests?sort=-cost`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX ledger_cost ON ledger (cost_pusd, request_id, attempt)`.execute(db);
}
