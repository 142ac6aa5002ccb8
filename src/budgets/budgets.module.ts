import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module';
import { ModelsModule } from '../models/models.module';
import { TeamsModule } from '../teams/teams.module';
import { UsageModule } from '../usage/usage.module';
import { BudgetDirectory } from './budget-directory.service';
import { BudgetGate } from './budget-gate.service';
import { BudgetStatusService } from './budget-status.service';
import { BudgetsController } from './budgets.controller';
import { BudgetsRepository } from './budgets.repository';
import { BudgetsService } from './budgets.service';
import { HoldsService } from './holds/holds.service';
import { LeasesRepository } from './holds/leases.repository';

/** What teams and keys may spend, and the money that is held for their calls. */
@Module({
  imports: [TeamsModule, KeysModule, ModelsModule, UsageModule],
  controllers: [BudgetsController],
  providers: [
    BudgetsService,
    BudgetsRepository,
    BudgetDirectory,
    BudgetGate,
    BudgetStatusService,
    HoldsService,
    LeasesRepository,
  ],
  exports: [BudgetGate],
})
export class BudgetsModule {}
