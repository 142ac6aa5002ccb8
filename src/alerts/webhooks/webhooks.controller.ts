import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { type Actor, ApiIfMatch, CurrentActor, setVersion } from '../../audit/seen-version';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../../common/caller';
import { settingsToWire, toWire } from './webhook';
import { WebhooksService } from './webhooks.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Alerts')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('webhooks:read')
@Controller('admin/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @Requires('webhooks:write')
  @ApiOperation({
    summary: 'Create a webhook',
    description:
      'The webhook gets alerts, signed by the Standard Webhooks scheme or in the format of Slack’s incoming webhooks. The secret is shown once.',
  })
  @ApiCreatedResponse({ description: 'The webhook.', standardSchema: contracts.createdWebhookSchema })
  @ApiErrors('invalid_request', 'not_found')
  async create(
    @Body({ schema: contracts.createWebhookSchema }) body: contracts.CreateWebhook,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.CreatedWebhook> {
    const { url, format, kinds, active } = body;
    const settings = { url, format, kinds, active, teamId: body.team_id };
    const { webhook, secret } = await this.webhooks.create(settings, body.secret, caller.keyId);
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
  async get(
    @Param('id', PATH_ID) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.Webhook> {
    const webhook = await this.webhooks.get(id);
    setVersion(reply, settingsToWire(webhook));
    return toWire(webhook);
  }

  @Patch(':id')
  @ApiIfMatch()
  @Requires('webhooks:write')
  @ApiOperation({ summary: 'Change a webhook', description: 'Members that are left out do not change.' })
  @ApiOkResponse({ description: 'The changed webhook.', standardSchema: contracts.webhookSchema })
  @ApiErrors('invalid_request', 'not_found')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateWebhookSchema }) body: contracts.UpdateWebhook,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.Webhook> {
    const { team_id: teamId, ...members } = body;
    const changes = { ...members, ...(teamId !== undefined && { teamId }) };
    return toWire(await this.webhooks.update(id, changes, actor));
  }

  @Delete(':id')
  @ApiIfMatch()
  @Requires('webhooks:write')
  @ApiOperation({ summary: 'Delete a webhook', description: 'Its pending deliveries are cancelled.' })
  @ApiOkResponse({ description: 'The webhook is deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found')
  async delete(@Param('id', PATH_ID) id: string, @CurrentActor() actor: Actor): Promise<contracts.Deleted> {
    await this.webhooks.delete(id, actor);
    return { id, deleted: true };
  }

  @Post(':id/test')
  @Requires('webhooks:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Test a webhook', description: 'Sends a test message now and returns the result.' })
  @ApiOkResponse({ description: 'The result of the test.', standardSchema: contracts.webhookTestSchema })
  @ApiErrors('not_found')
  async test(@Param('id', PATH_ID) id: string, @CurrentCaller() caller: Caller): Promise<contracts.WebhookTest> {
    const error = await this.webhooks.test(id, caller.keyId);
    return { delivered: error === undefined, error: error ?? null };
  }
}
