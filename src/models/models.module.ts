import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { AuditModule } from '../audit/audit.module';
import { PricingModule } from '../pricing/pricing.module';
import { ProvidersModule } from '../providers/providers.module';
import { AdminModelsController } from './admin/admin-models.controller';
import { AdminModelsRepository } from './admin/admin-models.repository';
import { AdminModelsService } from './admin/admin-models.service';
import { GenerationsRepository } from './generations.repository';
import { GenerationsService } from './generations.service';
import { ModelRegistry } from './model-registry.service';
import { ModelVersionsController } from './model-versions.controller';
import { ModelViews } from './model-views.service';
import { ModelsController } from './models.controller';
import { DriftService } from './versions/drift.service';
import { KnownModels } from './versions/known-models.service';
import { TargetsRepository } from './versions/targets.repository';
import { TargetsService } from './versions/targets.service';
import { WaitingOffers } from './waiting-offers.service';
import { VersionsRepository } from './versions/versions.repository';

/** The models that are served, with their deployments and cache generations. */
@Module({
  imports: [AlertsModule, AuditModule, PricingModule, ProvidersModule],
  controllers: [ModelsController, ModelVersionsController, AdminModelsController],
  providers: [
    ModelRegistry,
    GenerationsRepository,
    GenerationsService,
    AdminModelsRepository,
    AdminModelsService,
    VersionsRepository,
    DriftService,
    TargetsRepository,
    TargetsService,
    KnownModels,
    ModelViews,
    WaitingOffers,
  ],
  exports: [
    ModelRegistry,
    GenerationsRepository,
    GenerationsService,
    DriftService,
    KnownModels,
    ModelViews,
    WaitingOffers,
  ],
})
export class ModelsModule {}
