import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import { newId } from '../../common/ids';
import { textsOf } from '../alert-texts';
import { DeliveryService } from './delivery.service';
import { SecretBox } from './secret-box.service';
import { type Webhook, type WebhookChanges, WebhooksRepository } from './webhooks.repository';

const SECRET_BYTES = 32;

/** Where alerts are sent to. Unknown ids end in `not_found`. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly repository: WebhooksRepository,
    private readonly deliveries: DeliveryService,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** @returns the webhook, and the secret that signs its messages, which is shown this once */
  async create(
    settings: Pick<Webhook, 'url' | 'format' | 'kinds' | 'teamId' | 'active'>,
    given: string | undefined,
  ): Promise<{ webhook: Webhook; secret: string | null }> {
    const secret =
      settings.format === 'slack' ? null : (given ?? `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`);
    const webhook = await this.repository.insert({
      id: newId('webhook'),
      ...settings,
      secret: secret === null ? null : this.secrets.close(secret),
    });
    return { webhook, secret };
  }

  list(): Promise<Webhook[]> {
    return this.repository.list();
  }

  async get(id: string): Promise<Webhook> {
    const webhook = await this.repository.find(id);
    if (!webhook) throw noSuchWebhook(id);
    return webhook;
  }

  async update(id: string, { secret, ...changes }: WebhookChanges): Promise<Webhook> {
    const closed = secret ? { secret: this.secrets.close(secret) } : {};
    const webhook = await this.repository.update(id, { ...changes, ...closed });
    if (!webhook) throw noSuchWebhook(id);
    return webhook;
  }

  async delete(id: string): Promise<void> {
    if (!(await this.repository.delete(id))) throw noSuchWebhook(id);
  }

  /** Sends a message that says that it is a test. @returns why it was not taken; undefined where it was */
  async test(id: string): Promise<string | undefined> {
    const { url, format, secret } = await this.get(id);
    const data = { webhook_id: id };
    const { en, ko } = textsOf('webhook_test', data);
    const alert = {
      id: newId('alert'),
      kind: 'webhook_test' as const,
      severity: 'info' as const,
      teamId: null,
      data,
      textEn: en,
      textKo: ko,
      createdAt: new Date(this.clock.now()),
    };
    return this.deliveries.send({ alert, url, format, secret }).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }
}

function noSuchWebhook(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no webhook with the id '${id.slice(0, 100)}'.` });
}
