import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { AuditRepository } from '../../audit/audit.repository';
import { type Caller, CurrentCaller } from '../../common/caller';
import { formatUsd } from '../../common/money';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { ReratingService } from './rerating.service';

@ApiTags('Prices')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('prices:write')
@Controller('admin/prices/rerate')
export class ReratingController {
  constructor(
    private readonly rerating: ReratingService,
    private readonly drain: LedgerDrain,
    private readonly audit: AuditRepository,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Re-rate a period',
    description:
      'Compares the cost of each call with the prices that now apply to its time, and ' +
      'books differences as correcting rows of the same calls. Running it again changes nothing.',
  })
  @ApiOkResponse({ description: 'The corrections.', standardSchema: contracts.reratedSchema })
  @ApiErrors('invalid_request')
  async rerate(
    @Body({ schema: contracts.rerateSchema }) body: contracts.Rerate,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Rerated> {
    await this.drain.flush();
    const { dry_run, ...filter } = body;
    const result = await this.rerating.rerate(filter, dry_run);
    const rerated = {
      dry_run,
      looked_at: result.lookedAt,
      corrected: result.corrected,
      unpriced: result.unpriced,
      inexact: result.inexact,
      list_cost_change_usd: formatUsd(result.listChangePusd),
      cost_change_usd: formatUsd(result.costChangePusd),
    };
    const event = { actor: caller.keyId, action: 'price.rerated' as const, subject: null };
    if (!dry_run) await this.audit.record({ ...event, details: { ...filter, ...rerated } });
    return rerated;
  }
}
