import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { PricingModule } from '../pricing/pricing.module';
import { GenerationsRepository } from './generations.repository';
import { GenerationsService } from './generations.service';
import { ModelRegistry } from './model-registry.service';
import { ModelVersionsController } from './model-versions.controller';
import { ModelsController } from './models.controller';

/** Which models are served, by which deployments, and in which cache generation they are. */
@Module({
  imports: [AlertsModule, PricingModule],
  controllers: [ModelsController, ModelVersionsController],
  providers: [ModelRegistry, GenerationsRepository, GenerationsService],
  exports: [ModelRegistry, GenerationsRepository, GenerationsService],
})
export class ModelsModule {}
