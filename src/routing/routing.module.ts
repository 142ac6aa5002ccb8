import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { ModelsModule } from '../models/models.module';
import { PricingModule } from '../pricing/pricing.module';
import { ProvidersModule } from '../providers/providers.module';
import { AttemptRunner } from './attempt-runner.service';
import { BreakerChannel } from './breakers/breaker-channel.service';
import { Breakers } from './breakers/breakers.service';
import { DeploymentStates } from './deployment-states.service';
import { DeploymentsController } from './deployments.controller';
import { DeploymentCounts } from './health/deployment-counts.service';
import { DeploymentHealthRepository } from './health/deployment-health.repository';
import { DeploymentHealth } from './health/deployment-health.service';
import { LinePace } from './lines/line-pace.service';
import { ProviderHealth } from './provider-health.service';
import { Router } from './router.service';
import { DeploymentSlots } from './slots.service';

/** Which deployment is asked, when again, and when the next one. */
@Module({
  imports: [AlertsModule, ModelsModule, PricingModule, ProvidersModule],
  controllers: [DeploymentsController],
  providers: [
    Router,
    AttemptRunner,
    DeploymentSlots,
    LinePace,
    ProviderHealth,
    Breakers,
    BreakerChannel,
    DeploymentStates,
    DeploymentCounts,
    DeploymentHealth,
    DeploymentHealthRepository,
  ],
  exports: [Router, DeploymentHealth, DeploymentStates, LinePace],
})
export class RoutingModule {}
