import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { WebhooksService } from '../webhooks/webhooks.service';
import { type AlertDelivery, DeliveriesRepository } from './deliveries.repository';

const PATH_ID = { schema: contracts.pathIdSchema };

/** `/admin/webhooks/{id}/deliveries`: what was sent to a webhook. */
@ApiTags('Alerts')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('webhooks:read')
@Controller('admin/webhooks/:id/deliveries')
export class DeliveriesController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the deliveries of a webhook',
    description: 'Newest alert first, with the time and the result of each attempt.',
  })
  @ApiOkResponse({ description: 'A page of deliveries.', standardSchema: contracts.webhookDeliveryPageSchema })
  @ApiErrors('invalid_request', 'not_found')
  async list(
    @Param('id', PATH_ID) id: string,
    @Query({ schema: contracts.listDeliveriesQuerySchema }) query: contracts.ListDeliveriesQuery,
  ): Promise<contracts.WebhookDeliveryPage> {
    await this.webhooks.get(id);
    const found = await this.deliveries.list(id, query);
    const data = found.slice(0, query.limit).map(toWire);
    return { data, next_cursor: found.length > query.limit ? (data.at(-1)?.alert_id ?? null) : null };
  }
}

function toWire({ alert, delivery }: AlertDelivery): contracts.WebhookDelivery {
  return {
    alert_id: alert.id,
    kind: alert.kind,
    severity: alert.severity,
    team_id: alert.teamId,
    text: { en: alert.textEn, ko: alert.textKo },
    state: delivery.state,
    tries: delivery.tries,
    attempts: delivery.attempts.map(({ at, error }) => ({ at, delivered: error === null, error })),
    next_attempt_at: delivery.state === 'pending' ? delivery.next_at.toISOString() : null,
    delivered_at: delivery.delivered_at?.toISOString() ?? null,
    created_at: alert.createdAt.toISOString(),
  };
}
