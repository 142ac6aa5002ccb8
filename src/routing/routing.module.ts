import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { AttemptRunner } from './attempt-runner.service';
import { BreakerChannel } from './breakers/breaker-channel.service';
import { Breakers } from './breakers/breakers.service';
import { ProviderHealth } from './provider-health.service';
import { Router } from './router.service';
import { DeploymentSlots } from './slots.service';

/** Which deployment is asked, when again, and when the next one. */
@Module({
  imports: [AlertsModule],
  providers: [Router, AttemptRunner, DeploymentSlots, ProviderHealth, Breakers, BreakerChannel],
  exports: [Router],
})
export class RoutingModule {}
