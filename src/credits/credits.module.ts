import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { AuditModule } from '../audit/audit.module';
import { TeamsModule } from '../teams/teams.module';
import { LedgerModule } from '../ledger/ledger.module';
import { CreditDirectory } from './credit-directory.service';
import { CreditWatch } from './credit-watch.service';
import { CreditsController } from './credits.controller';
import { CreditsRepository } from './credits.repository';
import { CreditsService } from './credits.service';
import { OrganisationStatementsController } from './statements/organisation-statements.controller';
import { StatementsController } from './statements/statements.controller';
import { StatementsRepository } from './statements/statements.repository';
import { StatementsService } from './statements/statements.service';

/** Prepaid balances and monthly statements. */
@Module({
  imports: [AuditModule, TeamsModule, LedgerModule, AlertsModule],
  controllers: [CreditsController, StatementsController, OrganisationStatementsController],
  providers: [CreditsService, CreditsRepository, CreditDirectory, CreditWatch, StatementsService, StatementsRepository],
  exports: [CreditDirectory],
})
export class CreditsModule {}
