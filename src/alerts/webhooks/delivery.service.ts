import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Database } from '../../database/database.connection';
import { DeliveryRepository, type DueDelivery } from './delivery.repository';
import { SecretBox } from './secret-box.service';
import { WebhookClient } from './webhook.client';
import { signedMessage, slackMessage } from './webhook-message';

const LOOK_EVERY_MS = 2_000;
const AT_ONCE = 10;
/** Seconds after each failed try; after the last one it is given up. */
const BACKOFF_SECONDS = [1, 10, 60, 600, 3_600, 6 * 3_600];

/** Brings alerts to webhooks, each until it is there or was tried seven times. */
@Injectable()
export class DeliveryService implements OnApplicationBootstrap {
  private readonly logger = new Logger(DeliveryService.name);
  private working: Promise<void> | undefined;

  constructor(
    private readonly repository: DeliveryRepository,
    private readonly client: WebhookClient,
    private readonly secrets: SecretBox,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => this.wake(), LOOK_EVERY_MS).unref();
    this.database.beforeClose(async () => {
      clearInterval(timer);
      await this.working;
    });
  }

  /** Looks for what is due now. */
  wake(): void {
    this.working ??= this.work()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'deliveries wait for the database'))
      .finally(() => (this.working = undefined));
  }

  /** Sends one message. @throws WebhookError when the webhook does not take it */
  async send({ alert, url, format, secret }: Pick<DueDelivery, 'alert' | 'url' | 'format' | 'secret'>): Promise<void> {
    const message =
      format === 'slack'
        ? slackMessage(alert)
        : signedMessage(alert, this.secrets.open(secret ?? ''), Math.floor(this.clock.now() / 1000));
    await this.client.send(url, message);
  }

  private async work(): Promise<void> {
    for (;;) {
      const due = await this.repository.claim(AT_ONCE);
      if (due.length === 0) return;
      await Promise.all(due.map((delivery) => this.deliver(delivery)));
    }
  }

  private async deliver(delivery: DueDelivery): Promise<void> {
    try {
      await this.send(delivery);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const again = BACKOFF_SECONDS[delivery.tries - 1];
      if (again === undefined) {
        this.logger.warn(
          { webhook_id: delivery.webhookId, alert_id: delivery.alert.id, reason },
          'an alert was not delivered',
        );
      }
      await this.repository.failed(delivery, reason, again);
      return;
    }
    await this.repository.delivered(delivery);
  }
}
