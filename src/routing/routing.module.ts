import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { AttemptRunner } from './attempt-runner.service';
import { BreakerChannel } from './breakers/breaker-channel.service';
import { Breakers } from './breakers/breakers.service';
import { DeploymentStates } from './deployment-states.service';
import { DeploymentsController } from './deployments.controller';
import { LinePace } from './lines/line-pace.service';
import { ProviderHealth } from './provider-health.service';
import { Router } from './router.service';
import { DeploymentSlots } from './slots.service';

/** Which deployment is asked, when again, and when the next one. */
@Module({
  imports: [AlertsModule, ModelsModule, ProvidersModule],
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
  ],
  exports: [Router, DeploymentStates, LinePace],
})
export class RoutingModule {}
