import { Module } from '@nestjs/common';
import { LedgerModule } from '../../ledger/ledger.module';
import { ReportsRepository } from './reports.repository';
import { ReportsService } from './reports.service';
import { RequestsController } from './requests.controller';
import { UsageController } from './usage.controller';

/** What the ledger says, for administrators and for teams about themselves. */
@Module({
  imports: [LedgerModule],
  controllers: [RequestsController, UsageController],
  providers: [ReportsService, ReportsRepository],
})
export class ReportsModule {}
