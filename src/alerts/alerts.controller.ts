import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller, CurrentScope, type Scope } from '../common/caller';
import { GatewayError } from '../common/errors';
import { pageOf } from '../common/pages';
import type { Alert } from './alert';
import { alertToWire } from './alert-wire';
import { AlertsRepository } from './alerts.repository';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Alerts')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('alerts:read', 'query')
@Controller('admin/alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertsRepository) {}

  @Get()
  @ApiOperation({
    summary: 'List alerts',
    description: 'Newest first, in English and Korean, with the state of each delivery to a webhook.',
  })
  @ApiOkResponse({ description: 'A page of alerts.', standardSchema: contracts.alertPageSchema })
  @ApiErrors('invalid_request')
  async list(
    @Query({ schema: contracts.listAlertsQuerySchema }) query: contracts.ListAlertsQuery,
  ): Promise<contracts.AlertPage> {
    const { kind: kinds, team_id: teamId, acknowledged, from, to, limit, cursor } = query;
    const found = await this.alerts.list({ kinds, teamId, acknowledged, from, to }, cursor, limit + 1);
    const { data: alerts, next_cursor } = pageOf(found, limit);
    return { data: await this.shown(alerts), next_cursor };
  }

  @Post(':id/acknowledge')
  @Requires('alerts:write', 'handler')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Acknowledge an alert',
    description: 'Notes who has seen the alert. The first one stays; a repeat changes nothing.',
  })
  @ApiOkResponse({ description: 'The alert.', standardSchema: contracts.alertSchema })
  @ApiErrors('not_found')
  async acknowledge(
    @Param('id', PATH_ID) id: string,
    @CurrentCaller() { keyId: actor }: Caller,
    @CurrentScope() { teamId }: Scope,
  ): Promise<contracts.Alert> {
    const alert = await this.alerts.acknowledge(id, actor, teamId);
    const [shown] = alert ? await this.shown([alert]) : [];
    if (!shown)
      throw new GatewayError('not_found', { message: `There is no alert with the id '${id.slice(0, 100)}'.` });
    return shown;
  }

  private async shown(alerts: readonly Alert[]): Promise<contracts.Alert[]> {
    const deliveries = await this.alerts.deliveriesOf(alerts.map(({ id }) => id));
    return alerts.map((alert) => alertToWire(alert, deliveries.get(alert.id)));
  }
}
