import { Module } from '@nestjs/common';
import { AccountsRepository } from './accounts.repository';
import { PartitionsRepository } from './upkeep/partitions.repository';
import { PartitionsService } from './upkeep/partitions.service';
import { ProcessesService } from './upkeep/processes.service';
import { VerificationController } from './upkeep/verification.controller';
import { VerificationRepository } from './upkeep/verification.repository';
import { Journal } from './journal/journal.service';
import { LedgerDrain } from './drain/ledger-drain.service';
import { LedgerRepository } from './ledger.repository';
import { LedgerService } from './ledger.service';

/** Every try of every call, on local disk first and then in the database. */
@Module({
  controllers: [VerificationController],
  providers: [
    AccountsRepository,
    Journal,
    LedgerRepository,
    LedgerDrain,
    LedgerService,
    PartitionsService,
    PartitionsRepository,
    ProcessesService,
    VerificationRepository,
  ],
  exports: [AccountsRepository, Journal, LedgerRepository, LedgerService, LedgerDrain, ProcessesService],
})
export class LedgerModule {}
