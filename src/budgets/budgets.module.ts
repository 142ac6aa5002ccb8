import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AlertsModule } from '../alerts/alerts.module';
import { CreditsModule } from '../credits/credits.module';
import { KeysModule } from '../keys/keys.module';
import { ModelsModule } from '../models/models.module';
import { TeamsModule } from '../teams/teams.module';
import { LedgerModule } from '../ledger/ledger.module';
import { WatchModule } from '../usage/watch/watch.module';
import { BudgetDirectory } from './budget-directory.service';
import { BudgetRefusals } from './budget-refusals.service';
import { BudgetStatusService } from './budget-status.service';
import { BudgetWatch } from './budget-watch.service';
import { BudgetsController } from './budgets.controller';
import { BudgetsRepository } from './budgets.repository';
import { BudgetsService } from './budgets.service';
import { HoldsService } from './holds/holds.service';
import { OwnerHoldsService } from './holds/owner-holds.service';

/** Budgets of teams and keys, and the holds of their calls. */
@Module({
  imports: [AuditModule, TeamsModule, KeysModule, ModelsModule, LedgerModule, WatchModule, CreditsModule, AlertsModule],
  controllers: [BudgetsController],
  providers: [
    BudgetsService,
    BudgetsRepository,
    BudgetDirectory,
    BudgetStatusService,
    BudgetRefusals,
    BudgetWatch,
    HoldsService,
    OwnerHoldsService,
  ],
  exports: [BudgetDirectory, BudgetRefusals, BudgetStatusService, HoldsService, OwnerHoldsService],
})
export class BudgetsModule {}
