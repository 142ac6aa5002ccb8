import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AlertsModule } from '../alerts/alerts.module';
import { CreditsModule } from '../credits/credits.module';
import { KeysModule } from '../keys/keys.module';
import { ModelsModule } from '../models/models.module';
import { TeamsModule } from '../teams/teams.module';
import { LedgerModule } from '../ledger/ledger.module';
import { ReportsModule } from '../usage/reports/reports.module';
import { WatchModule } from '../usage/watch/watch.module';
import { BudgetDirectory } from './budget-directory.service';
import { BudgetHistoryService } from './budget-history.service';
import { BudgetRefusals } from './budget-refusals.service';
import { BudgetStatusService } from './budget-status.service';
import { BudgetWatch } from './budget-watch.service';
import { BudgetWindowsController } from './budget-windows.controller';
import { BudgetsController } from './budgets.controller';
import { BudgetsRepository } from './budgets.repository';
import { BudgetsService } from './budgets.service';
import { HoldsService } from './holds/holds.service';
import { OwnerHoldsService } from './holds/owner-holds.service';
import { ReachedBudgets } from './reached-budgets.service';

/** Budgets of teams and keys, and the holds of their calls. */
@Module({
  imports: [
    AuditModule,
    TeamsModule,
    KeysModule,
    ModelsModule,
    LedgerModule,
    ReportsModule,
    WatchModule,
    CreditsModule,
    AlertsModule,
  ],
  controllers: [BudgetsController, BudgetWindowsController],
  providers: [
    BudgetsService,
    BudgetsRepository,
    BudgetDirectory,
    BudgetStatusService,
    BudgetHistoryService,
    ReachedBudgets,
    BudgetRefusals,
    BudgetWatch,
    HoldsService,
    OwnerHoldsService,
  ],
  exports: [BudgetDirectory, BudgetRefusals, BudgetStatusService, HoldsService, OwnerHoldsService, ReachedBudgets],
})
export class BudgetsModule {}
