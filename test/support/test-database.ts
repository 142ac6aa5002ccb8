import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';
import { MIGRATIONS } from '../../src/database/migrations/migrations';
import type { Schema } from '../../src/database/schema';
import { copyEmptyDatabase, createTestStores } from './stores';

const EMBEDDED_PORT = 5432;
const INT8_OID = 20;

/** Returns `bigint` columns as bigints, as the gateway does. */
const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? BigInt : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
};

export interface TestDatabase {
  db: Kysely<Schema>;
  close(): Promise<void>;
}

/** The databases that are available to the tests. */
export const DATABASE_PROFILES = process.env.TEST_DATABASE_URL ? ['embedded', 'PostgreSQL'] : ['embedded'];

/**
 * A database with all tables, empty.
 *
 * @param connections the maximum number of connections to PostgreSQL; the embedded database has one
 * @param lastMigration the last migration to run; by default all run
 */
export async function openTestDatabase(
  profile: string,
  connections = 1,
  lastMigration?: string,
): Promise<TestDatabase> {
  const { pool, close } = await (profile === 'embedded' ? embedded() : own(connections));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error } = await (lastMigration === undefined
    ? migrator.migrateToLatest()
    : migrator.migrateTo(lastMigration));
  if (error) throw error;
  return {
    db,
    close: async () => {
      await db.destroy();
      await close();
    },
  };
}

async function own(max: number): Promise<{ pool: Pool; close: () => Promise<void> }> {
  const { env, drop } = await createTestStores();
  const pool = new Pool({ connectionString: env.DATABASE_URL, max, types: typeParsers });
  const open = new Set<PoolClient>();
  pool.on('connect', (client) => open.add(client));
  pool.on('remove', (client) => open.delete(client));
  const close = async () => {
    // The pool reports its end before its connections end, and a connection that the drop ends causes an error.
    while (open.size > 0) await once(pool, 'remove');
    await drop();
  };
  return { pool, close };
}

/** In a worker thread, outside of Jest's module system. */
async function embedded(): Promise<{ pool: Pool; close: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'thriftgate-test-'));
  copyEmptyDatabase(directory);
  const socketPath = join(directory, `.s.PGSQL.${EMBEDDED_PORT}`);
  const program = resolve(__dirname, '../../dist/src/database/embedded-database.worker.js');
  const worker = new Worker(program, { workerData: { directory: join(directory, 'database'), socketPath } });
  await once(worker, 'message');
  const socket = { host: directory, port: EMBEDDED_PORT, user: 'postgres', database: 'postgres' };
  return {
    pool: new Pool({ ...socket, max: 1, types: typeParsers }),
    close: async () => {
      worker.postMessage('close');
      await once(worker, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
