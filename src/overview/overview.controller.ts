import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { type Caller, CurrentCaller } from '../common/caller';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { OverviewService } from './overview.service';

@ApiTags('Reports')
@ApiBearerAuth()
@ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
@Requires('usage:read', 'query')
@Controller('admin/overview')
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get()
  @ApiOperation({
    summary: 'Show the overview',
    description:
      'What calls cost and saved, compared with the period before; the forecast of the month; the highest costs; and what ' +
      'needs attention. Without `from` and `to` it is the running month, in the time zone of the settings.',
  })
  @ApiOkResponse({ description: 'The overview.', standardSchema: contracts.overviewSchema })
  show(
    @Query({ schema: contracts.overviewQuerySchema }) query: contracts.OverviewQuery,
    @CurrentCaller() { role }: Caller,
  ): Promise<contracts.Overview> {
    return this.overview.show(query, role);
  }
}
