import { type Kysely, sql } from 'kysely';

/** Keys have one of four roles. `member` was `team_member`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`UPDATE api_keys SET role = 'member' WHERE role = 'team_member'`.execute(db);
}
