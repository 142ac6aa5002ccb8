import { Module } from '@nestjs/common';
import { LedgerModule } from '../../ledger/ledger.module';
import { ReportsRepository } from './reports.repository';
import { ReportsService } from './reports.service';
import { UsageController } from './usage.controller';

/** Usage reports of all teams for administrators, and of a team for its keys. */
@Module({
  imports: [LedgerModule],
  controllers: [UsageController],
  providers: [ReportsService, ReportsRepository],
})
export class ReportsModule {}
