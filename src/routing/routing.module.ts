import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { ProviderHealth } from './provider-health.service';
import { DeploymentSlots } from './slots.service';
import { Router } from './router.service';

/** Which deployment is asked, when again, and when the next one. */
@Module({
  imports: [AlertsModule],
  providers: [Router, DeploymentSlots, ProviderHealth],
  exports: [Router, DeploymentSlots],
})
export class RoutingModule {}
