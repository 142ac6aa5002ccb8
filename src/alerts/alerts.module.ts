import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { EventHubModule } from '../event-hub/event-hub.module';
import { TeamsModule } from '../teams/teams.module';
import { AlertEvents } from './alert-events.service';
import { AlertsController } from './alerts.controller';
import { AlertsRepository } from './alerts.repository';
import { AlertsService } from './alerts.service';
import { DeliveriesController } from './deliveries/deliveries.controller';
import { DeliveriesRepository } from './deliveries/deliveries.repository';
import { DeliveryRepository } from './deliveries/delivery.repository';
import { DeliveryService } from './deliveries/delivery.service';
import { WebhookSender } from './webhooks/webhook-sender.service';
import { WebhookClient } from './webhooks/webhook.client';
import { WebhooksController } from './webhooks/webhooks.controller';
import { WebhooksRepository } from './webhooks/webhooks.repository';
import { WebhooksService } from './webhooks/webhooks.service';

/** Alerts and their delivery to webhooks. */
@Module({
  imports: [AuditModule, EventHubModule, TeamsModule],
  controllers: [AlertsController, WebhooksController, DeliveriesController],
  providers: [
    AlertsService,
    AlertsRepository,
    AlertEvents,
    WebhooksService,
    WebhooksRepository,
    DeliveryService,
    DeliveryRepository,
    DeliveriesRepository,
    WebhookClient,
    WebhookSender,
  ],
  exports: [AlertsService, AlertsRepository],
})
export class AlertsModule {}
