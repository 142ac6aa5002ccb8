import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** A quarter of the memory that PostgreSQL's own defaults would take; the tables in use are small. */
const SMALL_MEMORY = ['shared_buffers=16MB', 'wal_buffers=1MB', 'max_wal_size=64MB', 'min_wal_size=32MB'];

/** One in use, and one that takes its place when it breaks. */
const CONNECTIONS = 2;

/** PGlite runs in a thread of its own: a query is plain computing and would hold up every call otherwise. */
async function serve(options: { directory: string; socketPath: string }): Promise<void> {
  const database = await PGlite.create(options.directory, {
    startParams: [...PGlite.defaultStartParams, ...SMALL_MEMORY.flatMap((setting) => ['-c', setting])],
  });
  const server = new PGLiteSocketServer({ db: database, path: options.socketPath, maxConnections: CONNECTIONS });
  await server.start();
  parentPort?.on('message', () => {
    void server
      .stop()
      .then(() => database.close())
      .finally(() => process.exit(0));
  });
  parentPort?.postMessage('ready');
}

void serve(workerData as { directory: string; socketPath: string });
