import 'reflect-metadata';
import { VerificationRepository } from '../ledger/upkeep/verification.repository';
import { runOnDatabase } from './with-database';

/**
 * `npm run ledger:verify`: checks the ledger of the configured database and prints its violations. While a gateway has the embedded
 * database open, use GET /admin/ledger/verify.
 */
runOnDatabase(async ({ database }) => {
  const checks = await new VerificationRepository(database).verify();
  for (const { name, violations } of checks) {
    process.stdout.write(`${violations.length === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
    for (const violation of violations) process.stdout.write(`       ${violation}\n`);
  }
  return checks.every(({ violations }) => violations.length === 0);
});
