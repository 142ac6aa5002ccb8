import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { NewAlert } from '../../src/alerts/alert';
import type { AlertsService } from '../../src/alerts/alerts.service';
import { LeasesRepository } from '../../src/ledger/leases/leases.repository';
import { OwnerHoldsService } from '../../src/budgets/holds/owner-holds.service';
import { OwnerLeasesRepository } from '../../src/ledger/leases/owner-leases.repository';
import { Clock } from '../../src/common/clock';
import type { DataDirectory } from '../../src/config/data-directory';
import type { GatewayConfig } from '../../src/config/gateway-config';
import type { Database } from '../../src/database/database.connection';
import type { Schema } from '../../src/database/schema';
import { LedgerDrain } from '../../src/ledger/drain/ledger-drain.service';
import { RowWriter } from '../../src/ledger/drain/row-writer.service';
import { Journal } from '../../src/ledger/journal/journal.service';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import { LedgerService } from '../../src/ledger/ledger.service';
import { OwnersRepository } from '../../src/ledger/owners/owners.repository';
import { OwnersService } from '../../src/ledger/owners.service';
import { RecoveryService } from '../../src/ledger/owners/recovery.service';
import { RefusalsRepository } from '../../src/ledger/refusals/refusals.repository';
import { RefusalsService } from '../../src/ledger/refusals/refusals.service';
import { VerificationRepository } from '../../src/ledger/upkeep/verification.repository';

/**
 * The ledger and the leases of one instance, without the rest of a gateway, on a test database.
 *
 * @param dataDirectory of the instance: new parts on the same directory are its next start
 */
export function startLedger(
  { db, profile }: { db: Kysely<Schema>; profile: string },
  dataDirectory: string,
  alerts: NewAlert[] = [],
) {
  const connection: Pick<Database, 'db' | 'isEmbedded' | 'beforeClose'> = {
    db,
    isEmbedded: profile === 'embedded',
    beforeClose: () => undefined,
  };
  const database = connection as Database;
  const resolve = (...parts: string[]) => join(dataDirectory, ...parts);
  const config = { journal: { fsync: 'interval', maxBytes: Infinity } } as GatewayConfig;
  const journal = new Journal({ resolve } as DataDirectory, config);
  const clock = new Clock();
  const repository = new LedgerRepository(database);
  const ownersRepository = new OwnersRepository(database);
  const raise: Pick<AlertsService, 'raise'> = { raise: (alert) => void alerts.push(alert) };
  const refusals = new RefusalsService(new RefusalsRepository(database, repository), raise as AlertsService, clock);
  const recovery = new RecoveryService(ownersRepository, repository, refusals);
  const writer = new RowWriter(repository, refusals);
  const drain = new LedgerDrain(journal, repository, database, ownersRepository, writer, recovery, refusals);
  return {
    journal,
    drain,
    ledger: new LedgerService(journal, clock),
    ownersRepository,
    owners: new OwnersService(ownersRepository, drain, recovery),
    leases: new LeasesRepository(database),
    ownerHolds: new OwnerHoldsService(new OwnerLeasesRepository(database), clock),
  };
}

/** Violations of the ledger's invariants. */
export async function violationsOf(db: Kysely<Schema>): Promise<string[]> {
  const checks = await new VerificationRepository({ db } as Database).verify();
  return checks.flatMap(({ violations }) => violations);
}
