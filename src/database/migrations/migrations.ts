import type { Migration } from 'kysely';
import * as firstTables from './0001-first-tables';

/** Every migration by name, in the order in which they run. A migration that has landed is never changed. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-first-tables': firstTables,
};
