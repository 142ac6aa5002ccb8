import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { newId } from '../../common/ids';
import { SecretBox } from '../../config/secret-box.service';
import type { Alert } from '../alert';
import { textsOf } from '../alert-texts';
import { signedMessage, slackMessage } from './webhook-message';
import { WebhookClient, WebhookError } from './webhook.client';
import { secretPlace, type Webhook } from './webhook';
import { WebhooksRepository } from './webhooks.repository';

/** The members of a webhook that sending needs. */
export interface Destination extends Pick<Webhook, 'url' | 'format' | 'secret'> {
  webhookId: string;
}

/** Sends single messages to webhooks, signed or in Slack's format. */
@Injectable()
export class WebhookSender {
  private readonly logger = new Logger(WebhookSender.name);

  constructor(
    private readonly client: WebhookClient,
    private readonly secrets: SecretBox,
    private readonly webhooks: WebhooksRepository,
    private readonly clock: Clock,
  ) {}

  /** Sends an alert once. @returns why the webhook did not accept it; undefined if it did */
  async send({ alert, webhookId, url, format, secret }: Destination & { alert: Alert }): Promise<string | undefined> {
    const opened = this.secrets.open(secret ?? '', secretPlace(webhookId));
    if (opened === undefined) return 'its secret was encrypted under another SECRET_KEY; set the secret again';
    try {
      if (format === 'slack') await this.client.send(opened, slackMessage(alert));
      else await this.client.send(url, signedMessage(alert, opened, Math.floor(this.clock.now() / 1000)));
      return undefined;
    } catch (error) {
      if (error instanceof WebhookError) return error.message;
      // The error itself may name the address.
      this.logger.warn({ reason: error instanceof Error ? error.name : typeof error }, 'a message could not be sent');
      return 'could not be sent';
    }
  }

  /** Sends a test message and stores the result. @returns why the webhook did not accept it; undefined if it did */
  async sendTest(webhook: Webhook): Promise<string | undefined> {
    const data = { webhook_id: webhook.id };
    const { en, ko } = textsOf('webhook_test', data);
    const alert: Alert = {
      id: newId('alert'),
      kind: 'webhook_test',
      severity: 'info',
      teamId: null,
      data,
      textEn: en,
      textKo: ko,
      acknowledged: null,
      createdAt: new Date(this.clock.now()),
    };
    const problem = await this.send({ ...webhook, webhookId: webhook.id, alert });
    await this.webhooks.noteDelivery(webhook.id, problem);
    return problem;
  }
}
