import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { alertToWire } from './alert-wire';
import { AlertsRepository } from './alerts.repository';

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
    const { kind, team_id: teamId, from, to, limit, cursor } = query;
    const found = await this.alerts.list({ kind, teamId, from, to }, cursor, limit + 1);
    const alerts = found.slice(0, limit);
    const deliveries = await this.alerts.deliveriesOf(alerts.map(({ id }) => id));
    const data = alerts.map((alert) => alertToWire(alert, deliveries.get(alert.id)));
    return { data, next_cursor: found.length > limit ? (alerts.at(-1)?.id ?? null) : null };
  }
}
