import { sql, type Transaction } from 'kysely';
import type { Database } from './database.connection';
import type { Schema } from './schema';

/** For sums of many groups in memory; the server's own default of 4 MB has them sorted on disk. */
const WORK_MEM = '64MB';

/** Reads for a report: all of one state of the database, whatever is written meanwhile. */
export function snapshot<T>(
  { db }: Pick<Database, 'db'>,
  read: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      // To compile such a query takes longer than it saves.
      await sql`SELECT set_config('work_mem', ${WORK_MEM}, true), set_config('jit', 'off', true)`.execute(transaction);
      return read(transaction);
    });
}
