import { Module } from '@nestjs/common';
import { LedgerModule } from '../../ledger/ledger.module';
import { WatchModule } from '../watch/watch.module';
import { OverviewSumsRepository } from './overview-sums.repository';
import { UsageOverviewService } from './usage-overview.service';

/** Sums of the ledger for overviews. */
@Module({
  imports: [LedgerModule, WatchModule],
  providers: [UsageOverviewService, OverviewSumsRepository],
  exports: [UsageOverviewService],
})
export class UsageOverviewModule {}
