import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { newId } from '../../common/ids';
import { Database } from '../../database/database.connection';
import type { Alert } from '../alert';
import { textsOf } from '../alert-texts';
import { DeliveryRepository, type DueDelivery } from './delivery.repository';
import { SecretBox } from '../../config/secret-box.service';
import { WebhookClient, WebhookError } from '../webhooks/webhook.client';
import { signedMessage, slackMessage } from '../webhooks/webhook-message';
import type { Webhook } from '../webhooks/webhooks.repository';

const LOOK_EVERY_MS = 2_000;
const AT_ONCE = 10;
/** Seconds after each failed try; after the last one it is given up. */
const BACKOFF_SECONDS = [1, 10, 60, 600, 3_600, 6 * 3_600];

/**
 * Brings alerts to webhooks, each until it is there or was tried seven times. A webhook gets one message at a time, so that
 * one that is slow or gone holds up nobody else.
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
    private readonly client: WebhookClient,
    private readonly secrets: SecretBox,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => this.wake(), LOOK_EVERY_MS).unref();
    this.database.beforeClose(async () => {
      this.closing = true;
      clearInterval(timer);
      await this.looking;
      await Promise.all(this.running.values());
    });
  }

  /** Looks for what is due now. */
  wake(): void {
    this.lookAgain = true;
    this.looking ??= this.look()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'deliveries wait for the database'))
      .finally(() => (this.looking = undefined));
  }

  /** Sends a message that says that it is a test. @returns why it was not taken; undefined where it was */
  async sendTest({ id, url, format, secret }: Webhook): Promise<string | undefined> {
    const data = { webhook_id: id };
    const { en, ko } = textsOf('webhook_test', data);
    const alert: Alert = {
      id: newId('alert'),
      kind: 'webhook_test',
      severity: 'info',
      teamId: null,
      data,
      textEn: en,
      textKo: ko,
      createdAt: new Date(this.clock.now()),
    };
    const problem = await this.send({ alert, url, format, secret });
    await this.repository.tried(id, problem);
    return problem;
  }

  private async look(): Promise<void> {
    while (this.lookAgain && !this.closing && this.running.size < AT_ONCE) {
      this.lookAgain = false;
      for (const delivery of await this.repository.claim(AT_ONCE - this.running.size, [...this.running.keys()])) {
        const { webhookId } = delivery;
        const done = this.deliver(delivery)
          .catch((error: unknown) => this.logger.debug({ err: error }, 'what came of a delivery could not be kept'))
          .finally(() => {
            this.running.delete(webhookId);
            this.wake();
          });
        this.running.set(webhookId, done);
      }
    }
  }

  private async deliver(delivery: DueDelivery): Promise<void> {
    const problem = await this.send(delivery);
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
    await this.repository.tried(delivery.webhookId, problem);
  }

  /** Sends one message. @returns why it was not taken; undefined where it was */
  private async send({
    alert,
    url,
    format,
    secret,
  }: Omit<DueDelivery, 'webhookId' | 'tries'>): Promise<string | undefined> {
    const hidden = this.secrets.open(secret ?? '');
    if (hidden === undefined) return 'its secret was encrypted under another SECRET_KEY; set it anew';
    try {
      if (format === 'slack') await this.client.send(hidden, slackMessage(alert));
      else await this.client.send(url, signedMessage(alert, hidden, Math.floor(this.clock.now() / 1000)));
      return undefined;
    } catch (error) {
      if (error instanceof WebhookError) return error.message;
      // Not the error itself, which may name the address.
      this.logger.warn({ reason: error instanceof Error ? error.name : typeof error }, 'a message could not be sent');
      return 'could not be sent';
    }
  }
}
