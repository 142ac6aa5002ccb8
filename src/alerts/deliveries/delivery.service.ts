import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../database/database.connection';
import { WebhookSender } from '../webhooks/webhook-sender.service';
import { WebhooksRepository } from '../webhooks/webhooks.repository';
import { DeliveryRepository, type DueDelivery } from './delivery.repository';

const CHECK_EVERY_MS = 2_000;
const MAX_RUNNING = 10;
/** Seconds until the next attempt after each failed one; after the last one the delivery has failed. */
const BACKOFF_SECONDS = [1, 10, 60, 600, 3_600, 6 * 3_600];

/**
 * Delivers alerts to webhooks, each until the webhook accepts it or seven attempts have failed. A webhook gets one message
 * at a time, so a slow webhook does not delay others.
 */
@Injectable()
export class DeliveryService implements OnApplicationBootstrap {
  private readonly logger = new Logger(DeliveryService.name);
  private readonly running = new Map<string, Promise<void>>();
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private closing = false;

  constructor(
    private readonly repository: DeliveryRepository,
    private readonly webhooks: WebhooksRepository,
    private readonly sender: WebhookSender,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => this.wake(), CHECK_EVERY_MS).unref();
    this.database.beforeClose(async () => {
      this.closing = true;
      clearInterval(timer);
      await this.looking;
      await Promise.all(this.running.values());
    });
  }

  /** Checks for due deliveries now. */
  wake(): void {
    this.lookAgain = true;
    this.looking ??= this.look()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'deliveries wait for the database'))
      .finally(() => (this.looking = undefined));
  }

  private async look(): Promise<void> {
    while (this.lookAgain && !this.closing && this.running.size < MAX_RUNNING) {
      this.lookAgain = false;
      for (const delivery of await this.repository.claim(MAX_RUNNING - this.running.size, [...this.running.keys()])) {
        const { webhookId } = delivery;
        const done = this.deliver(delivery)
          .catch((error: unknown) => this.logger.debug({ err: error }, 'the result of a delivery could not be stored'))
          .finally(() => {
            this.running.delete(webhookId);
            this.wake();
          });
        this.running.set(webhookId, done);
      }
    }
  }

  private async deliver(delivery: DueDelivery): Promise<void> {
    const problem = await this.sender.send(delivery);
    if (problem === undefined) {
      await this.repository.delivered(delivery);
    } else {
      const again = BACKOFF_SECONDS[delivery.tries - 1];
      if (again === undefined) {
        const { webhookId, alert } = delivery;
        this.logger.warn({ webhook_id: webhookId, alert_id: alert.id, problem }, 'an alert was not delivered');
      }
      await this.repository.failed(delivery, problem, again);
    }
    await this.webhooks.noteDelivery(delivery.webhookId, problem);
  }
}
