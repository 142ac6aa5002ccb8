import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { RoutingModule } from '../routing/routing.module';
import { TeamsModule } from '../teams/teams.module';
import { ProviderKeysService } from './provider-keys.service';
import { ProviderSettingsService } from './provider-settings.service';
import { ProviderTestsService } from './provider-tests.service';
import { ProviderViews } from './provider-views.service';
import { ProvidersController } from './providers.controller';

/** The routes by which administrators add, change and test providers. */
@Module({
  imports: [CallsModule, ModelsModule, ProvidersModule, RoutingModule, TeamsModule],
  controllers: [ProvidersController],
  providers: [ProviderSettingsService, ProviderKeysService, ProviderTestsService, ProviderViews],
})
export class ProviderAdminModule {}
