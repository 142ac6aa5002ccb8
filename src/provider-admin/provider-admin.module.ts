import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CallsModule } from '../calls/calls.module';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { RoutingModule } from '../routing/routing.module';
import { TeamsModule } from '../teams/teams.module';
import { ReportsModule } from '../usage/reports/reports.module';
import { ModelTestsController } from './model-tests.controller';
import { ModelTests } from './model-tests.service';
import { ProviderKeysService } from './provider-keys.service';
import { ProviderSettingsService } from './provider-settings.service';
import { ProviderTestsService } from './provider-tests.service';
import { ProviderViews } from './provider-views.service';
import { ProvidersController } from './providers.controller';

/** The routes by which administrators add, change and test providers. */
@Module({
  imports: [AuditModule, CallsModule, ModelsModule, ProvidersModule, ReportsModule, RoutingModule, TeamsModule],
  controllers: [ProvidersController, ModelTestsController],
  providers: [ModelTests, ProviderSettingsService, ProviderKeysService, ProviderTestsService, ProviderViews],
})
export class ProviderAdminModule {}
