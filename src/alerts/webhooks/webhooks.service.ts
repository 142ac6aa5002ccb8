import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from '../../audit/seen-version';
import { GatewayError } from '../../common/errors';
import { newId } from '../../common/ids';
import { TeamsService } from '../../teams/teams.service';
import { SecretBox } from '../../config/secret-box.service';
import { masked } from './webhook-url';
import { WebhookSender } from './webhook-sender.service';
import { WebhookClient } from './webhook.client';
import { secretPlace, type Webhook } from './webhook';
import { type WebhookChanges, WebhooksRepository } from './webhooks.repository';

const SECRET_BYTES = 32;

/** Webhooks that get alerts. Methods throw `not_found` for an unknown id, also of a team, and `invalid_request` for a forbidden URL. */
@Injectable()
export class WebhooksService implements OnApplicationBootstrap {
  constructor(
    private readonly repository: WebhooksRepository,
    private readonly sender: WebhookSender,
    private readonly secrets: SecretBox,
    private readonly client: WebhookClient,
    private readonly teams: TeamsService,
  ) {}

  /** Encrypts under the present SECRET_KEY what was encrypted under another one. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { id, secret } of await this.repository.list()) {
      if (secret === null || this.secrets.isCurrent(secret)) continue;
      const opened = this.secrets.open(secret, secretPlace(id));
      if (opened !== undefined)
        await this.repository.renewSecret(id, secret, this.secrets.close(opened, secretPlace(id)));
    }
  }

  /** @returns the webhook and its signing secret, which is shown only here; null for Slack */
  async create(
    settings: Pick<Webhook, 'url' | 'format' | 'kinds' | 'teamId' | 'active'>,
    given: string | undefined,
    actor: string,
  ): Promise<{ webhook: Webhook; secret: string | null }> {
    await this.check(settings);
    const { format, url } = settings;
    const secret = format === 'slack' ? null : (given ?? `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`);
    const id = newId('webhook');
    const hidden = { secret: null, ...this.stored(id, format, { url, secret: secret ?? undefined }) };
    const webhook = await this.repository.insert({ ...settings, id, ...hidden }, actor);
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

  async update(id: string, { url, secret, ...changes }: WebhookChanges, actor: Actor): Promise<Webhook> {
    const { format } = await this.get(id);
    await this.check({ url, teamId: changes.teamId });
    if (format === 'slack' && secret !== undefined) {
      throw new GatewayError('invalid_request', {
        message: "'secret' is only for signed messages; for Slack the URL is the secret. Send a new 'url'.",
        param: 'secret',
      });
    }
    const stored = { ...changes, ...this.stored(id, format, { url, secret }) };
    const webhook = await this.repository.update(id, stored, actor);
    if (!webhook) throw noSuchWebhook(id);
    return webhook;
  }

  async delete(id: string, actor: Actor): Promise<void> {
    if (!(await this.repository.delete(id, actor))) throw noSuchWebhook(id);
  }

  /** Sends a test message. @returns why the webhook did not accept it; undefined if it did */
  async test(id: string, actor: string): Promise<string | undefined> {
    const problem = await this.sender.sendTest(await this.get(id));
    await this.repository.recordTest(id, problem, actor);
    return problem;
  }

  /** The stored form of a URL and a secret: the signing secret and Slack's URL are encrypted. */
  private stored(
    id: string,
    format: Webhook['format'],
    { url, secret }: Pick<WebhookChanges, 'url' | 'secret'>,
  ): WebhookChanges {
    const hidden = (format === 'slack' ? url : secret) ?? undefined;
    return {
      ...(url !== undefined && { url: format === 'slack' ? masked(url) : url }),
      ...(hidden !== undefined && { secret: this.secrets.close(hidden, secretPlace(id)) }),
    };
  }

  private async check({
    url,
    teamId,
  }: {
    url?: string | undefined;
    teamId?: string | null | undefined;
  }): Promise<void> {
    const problem = url === undefined ? undefined : this.client.problemOf(url);
    if (problem !== undefined)
      throw new GatewayError('invalid_request', { message: `'url' ${problem}.`, param: 'url' });
    if (teamId) await this.teams.get(teamId);
  }
}

function noSuchWebhook(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no webhook with the id '${id.slice(0, 100)}'.` });
}
