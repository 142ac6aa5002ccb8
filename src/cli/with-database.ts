import { DataDirectory } from '../config/data-directory';
import type { GatewayConfig } from '../config/gateway-config';
import { loadConfig } from '../config/load-config';
import { Database } from '../database/database.connection';

/** The configured stores, opened without a gateway. */
export interface OpenStores {
  config: GatewayConfig;
  database: Database;
  /** Only there without DATABASE_URL. */
  dataDirectory: DataDirectory;
}

const FAILED = 1;

/**
 * Runs a program on the configured database; the exit code is 1 where it fails. The embedded database allows one process: its
 * gateway must be stopped.
 *
 * @param work returns false for exit code 1
 */
export function runOnDatabase(work: (stores: OpenStores) => Promise<boolean>): void {
  run(work).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = FAILED;
  });
}

async function run(work: (stores: OpenStores) => Promise<boolean>): Promise<void> {
  const config = loadConfig(process.env, process.cwd(), { serves: false });
  const opened = config.databaseUrl ? undefined : DataDirectory.open(config.dataDirectory);
  const dataDirectory = opened as DataDirectory;
  const database = await Database.open(config, dataDirectory);
  try {
    if (!(await work({ config, database, dataDirectory }))) process.exitCode = FAILED;
  } finally {
    await database.onApplicationShutdown();
    opened?.close();
  }
}
