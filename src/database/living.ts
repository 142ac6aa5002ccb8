import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from './schema';

/**
 * Writes what others have to free when this process dies. The process is among the living when that becomes visible, and
 * its row there is locked against whoever takes it for dead: such a one sees what was written, or comes before it. Else
 * something could be held by a process that nobody looks for.
 *
 * @param statement that writes, with RETURNING. It must write nothing unless there is a row in `living`.
 * @returns how many rows it wrote
 */
export async function writeWhileRegistered(
  db: Kysely<Schema>,
  epoch: string,
  statement: RawBuilder<unknown>,
): Promise<number> {
  for (;;) {
    const { rows } = await sql<{ living: boolean; written: number }>`
      WITH living AS (SELECT epoch FROM processes WHERE epoch = ${epoch} FOR KEY SHARE), written AS (${statement})
      SELECT EXISTS (SELECT FROM living) AS living, (SELECT count(*)::int FROM written) AS written`.execute(db);
    const { living = false, written = 0 } = rows[0] ?? {};
    if (living || written > 0) return written;
    await sql`INSERT INTO processes (epoch) VALUES (${epoch}) ON CONFLICT (epoch) DO NOTHING`.execute(db);
  }
}
