import { Module } from '@nestjs/common';
import { KeysModule } from '../../keys/keys.module';
import { LedgerModule } from '../../ledger/ledger.module';
import { RefusedCallsModule } from '../../refused-calls/refused-calls.module';
import { TeamsModule } from '../../teams/teams.module';
import { PeriodSpendRepository } from './period-spend.repository';
import { ReportsRepository } from './reports.repository';
import { ReportsService } from './reports.service';
import { TeamAndKeyNames } from './team-and-key-names.service';
import { UsageController } from './usage.controller';

/** Usage reports of all teams for administrators, and of a team for its keys. */
@Module({
  imports: [KeysModule, LedgerModule, RefusedCallsModule, TeamsModule],
  controllers: [UsageController],
  providers: [TeamAndKeyNames, ReportsService, ReportsRepository, PeriodSpendRepository],
  exports: [TeamAndKeyNames, ReportsService, PeriodSpendRepository],
})
export class ReportsModule {}
