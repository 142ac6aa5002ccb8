import { Module } from '@nestjs/common';
import { Journal } from './journal.service';
import { LedgerDrain } from './ledger-drain.service';
import { LedgerRepository } from './ledger.repository';
import { LedgerService } from './ledger.service';
import { TokenEstimator } from './token-estimator.service';

/** Every try of every call, on local disk first and then in the database. */
@Module({
  providers: [Journal, LedgerRepository, LedgerDrain, LedgerService, TokenEstimator],
  exports: [LedgerService, LedgerDrain, TokenEstimator],
})
export class UsageModule {}
