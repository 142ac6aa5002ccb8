import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { BudgetsModule } from '../budgets/budgets.module';
import { KeysModule } from '../keys/keys.module';
import { SettingsModule } from '../settings/settings.module';
import { UsageOverviewModule } from '../usage/overview/usage-overview.module';
import { ReportsModule } from '../usage/reports/reports.module';
import { SavingsModule } from '../usage/savings/savings.module';
import { OverviewController } from './overview.controller';
import { OverviewService } from './overview.service';
import { SavingsAdvice } from './savings-advice.service';
import { ToDoService } from './to-do.service';

/** The first page of the console, in one call. */
@Module({
  imports: [AlertsModule, BudgetsModule, KeysModule, SettingsModule, UsageOverviewModule, ReportsModule, SavingsModule],
  controllers: [OverviewController],
  providers: [OverviewService, ToDoService, SavingsAdvice],
})
export class OverviewModule {}
