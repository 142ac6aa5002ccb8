import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Roles } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import type { Webhook } from './webhooks.repository';
import { WebhooksService } from './webhooks.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Alerts')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Roles('platform_admin')
@Controller('admin/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @ApiOperation({
    summary: 'Create a webhook',
    description:
      'The webhook gets alerts, signed by the Standard Webhooks scheme or in the format of Slack’s incoming webhooks. The secret is shown once.',
  })
  @ApiCreatedResponse({ description: 'The webhook.', standardSchema: contracts.createdWebhookSchema })
  @ApiErrors('invalid_request', 'not_found')
  async create(
    @Body({ schema: contracts.createWebhookSchema }) body: contracts.CreateWebhook,
  ): Promise<contracts.CreatedWebhook> {
    const { url, format, kinds, active } = body;
    const settings = { url, format, kinds, active, teamId: body.team_id };
    const { webhook, secret } = await this.webhooks.create(settings, body.secret);
    return { ...toWire(webhook), secret };
  }

  @Get()
  @ApiOperation({ summary: 'List the webhooks', description: 'Oldest first, without their secrets.' })
  @ApiOkResponse({ description: 'The webhooks.', standardSchema: contracts.webhookListSchema })
  async list(): Promise<contracts.WebhookList> {
    return { data: (await this.webhooks.list()).map(toWire) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a webhook' })
  @ApiOkResponse({ description: 'The webhook.', standardSchema: contracts.webhookSchema })
  @ApiErrors('not_found')
  async get(@Param('id', PATH_ID) id: string): Promise<contracts.Webhook> {
    return toWire(await this.webhooks.get(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a webhook', description: 'Members that are left out do not change.' })
  @ApiOkResponse({ description: 'The changed webhook.', standardSchema: contracts.webhookSchema })
  @ApiErrors('invalid_request', 'not_found')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateWebhookSchema }) body: contracts.UpdateWebhook,
  ): Promise<contracts.Webhook> {
    const { team_id: teamId, ...changes } = body;
    return toWire(await this.webhooks.update(id, { ...changes, ...(teamId !== undefined && { teamId }) }));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete a webhook', description: 'Its pending deliveries are cancelled.' })
  @ApiOkResponse({ description: 'The webhook is deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found')
  async delete(@Param('id', PATH_ID) id: string): Promise<contracts.Deleted> {
    await this.webhooks.delete(id);
    return { id, deleted: true };
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Test a webhook', description: 'Sends a test message now and returns the result.' })
  @ApiOkResponse({ description: 'The result of the test.', standardSchema: contracts.webhookTestSchema })
  @ApiErrors('not_found')
  async test(@Param('id', PATH_ID) id: string): Promise<contracts.WebhookTest> {
    const error = await this.webhooks.test(id);
    return { delivered: error === undefined, error: error ?? null };
  }
}

function toWire(webhook: Webhook): contracts.Webhook {
  return {
    id: webhook.id,
    url: webhook.url,
    format: webhook.format,
    kinds: webhook.kinds,
    team_id: webhook.teamId,
    active: webhook.active,
    last_delivery: webhook.lastAttempt && {
      delivered: webhook.lastAttempt.problem === null,
      error: webhook.lastAttempt.problem,
      at: webhook.lastAttempt.at.toISOString(),
    },
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
  };
}
