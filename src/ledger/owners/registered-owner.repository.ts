import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Owner, OwnerEndedError } from '../../common/owner';
import type { Schema } from '../../database/schema';

/**
 * Writes what must be freed when its owner ends. The owner is registered when that becomes visible, and its row is locked
 * against the end: this comes before the write, or sees it. Without that something could be held by an owner that no sweep
 * looks for. An instance that was taken for dead registers again; a batch that has ended does not.
 *
 * @param statement that writes, with RETURNING. It must write nothing unless there is a row in `registered`.
 * @returns how many rows it wrote
 * @throws OwnerEndedError where a batch is not registered
 */
export async function writeWhileRegistered(
  db: Kysely<Schema>,
  owner: Owner,
  statement: RawBuilder<unknown>,
): Promise<number> {
  for (;;) {
    const { rows } = await sql<{ registered: boolean; written: number }>`
      WITH registered AS (SELECT id FROM owners WHERE id = ${owner.id} FOR KEY SHARE), written AS (${statement})
      SELECT EXISTS (SELECT FROM registered) AS registered, (SELECT count(*)::int FROM written) AS written`.execute(db);
    const { registered = false, written = 0 } = rows[0] ?? {};
    if (registered || written > 0) return written;
    if (owner.kind === 'batch') throw new OwnerEndedError(owner);
    await sql`INSERT INTO owners (id, kind) VALUES (${owner.id}, ${owner.kind}) ON CONFLICT (id) DO NOTHING`.execute(
      db,
    );
  }
}
