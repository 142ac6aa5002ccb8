import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { AccountsRepository } from './accounts.repository';
import { PartitionsRepository } from './upkeep/partitions.repository';
import { PartitionsService } from './upkeep/partitions.service';
import { VerificationController } from './upkeep/verification.controller';
import { VerificationRepository } from './upkeep/verification.repository';
import { Journal } from './journal/journal.service';
import { LedgerDrain } from './drain/ledger-drain.service';
import { RowWriter } from './drain/row-writer.service';
import { RefusalsRepository } from './refusals/refusals.repository';
import { RefusalsService } from './refusals/refusals.service';
import { InstancesService } from './owners/instances.service';
import { OwnersRepository } from './owners/owners.repository';
import { OwnersService } from './owners.service';
import { RecoveryService } from './owners/recovery.service';
import { LeasesRepository } from './leases/leases.repository';
import { OwnerLeasesRepository } from './leases/owner-leases.repository';
import { LedgerRepository } from './ledger.repository';
import { LedgerService } from './ledger.service';

/** Every attempt of every call, on the local disk first and then in the database. */
@Module({
  imports: [AlertsModule],
  controllers: [VerificationController],
  providers: [
    AccountsRepository,
    Journal,
    LeasesRepository,
    OwnerLeasesRepository,
    LedgerRepository,
    LedgerDrain,
    LedgerService,
    PartitionsService,
    PartitionsRepository,
    InstancesService,
    OwnersRepository,
    OwnersService,
    RecoveryService,
    RefusalsRepository,
    RefusalsService,
    RowWriter,
    VerificationRepository,
  ],
  exports: [
    AccountsRepository,
    Journal,
    LeasesRepository,
    OwnerLeasesRepository,
    LedgerRepository,
    LedgerService,
    LedgerDrain,
    InstancesService,
    OwnersRepository,
    OwnersService,
  ],
})
export class LedgerModule {}
