import 'reflect-metadata';
import { Database } from '../database/database.connection';
import { DataDirectory } from '../config/data-directory';
import { loadConfig } from '../config/load-config';
import { VerificationRepository } from '../ledger/upkeep/verification.repository';

const VIOLATED = 1;

/** `npm run ledger:verify`: checks the ledger of the configured database and prints its violations. */
async function verify(): Promise<void> {
  const config = loadConfig(process.env, process.cwd(), { serves: false });
  // The embedded database allows one process: while its gateway runs, use GET /admin/ledger/verify.
  const dataDirectory = config.databaseUrl ? undefined : DataDirectory.open(config.dataDirectory);
  const database = await Database.open(config, dataDirectory as DataDirectory);
  try {
    const checks = await new VerificationRepository(database).verify();
    for (const { name, violations } of checks) {
      process.stdout.write(`${violations.length === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
      for (const violation of violations) process.stdout.write(`       ${violation}\n`);
    }
    if (checks.some(({ violations }) => violations.length > 0)) process.exitCode = VIOLATED;
  } finally {
    await database.onApplicationShutdown();
    dataDirectory?.close();
  }
}

verify().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = VIOLATED;
});
