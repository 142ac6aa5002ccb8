import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { formatUsd, parseUsd } from '../common/money';
import { LedgerDrain } from '../ledger/drain/ledger-drain.service';
import type { Credit, RemainingCredit } from './credit';
import { CreditsService } from './credits.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Credits')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden', 'not_found')
@Requires('credits:read', 'team')
@Controller('admin/teams/:id/credits')
export class CreditsController {
  constructor(
    private readonly credits: CreditsService,
    private readonly drain: LedgerDrain,
  ) {}

  @Get()
  @ApiOperation({ summary: "Show a team's credits", description: 'The balance, and the rest of each credit.' })
  @ApiOkResponse({ description: 'The credits.', standardSchema: contracts.creditsSchema })
  async get(@Param('id', PATH_ID) id: string): Promise<contracts.Credits> {
    await this.drain.flush();
    const status = await this.credits.status(id);
    return {
      team_id: id,
      prepaid: status.prepaid,
      balance_usd: formatUsd(status.balancePusd),
      granted_usd: formatUsd(status.grantedPusd),
      topped_up_usd: formatUsd(status.toppedUpPusd),
      expired_usd: formatUsd(status.expiredPusd),
      used_usd: formatUsd(status.usedPusd),
      credits: status.credits.map(toWire),
    };
  }

  @Patch()
  @Requires('credits:write')
  @ApiOperation({
    summary: 'Set whether a team is prepaid',
    description:
      'Calls of a prepaid team get 402 when its balance is used up. The balance counts all calls that the team ever made.',
  })
  @ApiOkResponse({ description: 'The credits.', standardSchema: contracts.creditsSchema })
  @ApiErrors('invalid_request')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateCreditsSchema }) body: contracts.UpdateCredits,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Credits> {
    await this.credits.setPrepaid(id, body.prepaid, caller.keyId);
    return this.get(id);
  }

  @Post('grants')
  @Requires('credits:write')
  @ApiOperation({ summary: 'Grant credits', description: 'Free of charge, with or without an expiry.' })
  @ApiCreatedResponse({ description: 'The credit.', standardSchema: contracts.creditSchema })
  @ApiErrors('invalid_request', 'conflict')
  grant(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.createGrantSchema }) body: contracts.CreateGrant,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Credit> {
    return this.book(id, 'grant', body, caller);
  }

  @Post('top-ups')
  @Requires('credits:write')
  @ApiOperation({ summary: 'Top up credits', description: 'Paid, without an expiry.' })
  @ApiCreatedResponse({ description: 'The credit.', standardSchema: contracts.creditSchema })
  @ApiErrors('invalid_request', 'conflict')
  topUp(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.createTopUpSchema }) body: contracts.CreateTopUp,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Credit> {
    return this.book(id, 'top_up', body, caller);
  }

  private async book(
    teamId: string,
    kind: 'grant' | 'top_up',
    body: contracts.CreateGrant,
    caller: Caller,
  ): Promise<contracts.Credit> {
    const credit = await this.credits.book(teamId, {
      kind,
      amountPusd: parseUsd(body.amount_usd),
      expiresAt: body.expires_at ?? null,
      note: body.note ?? null,
      reference: body.reference ?? null,
      actor: caller.keyId,
    });
    return toWire(credit);
  }
}

function toWire(credit: Credit | RemainingCredit): contracts.Credit {
  return {
    id: credit.id,
    kind: credit.kind,
    amount_usd: formatUsd(credit.amountPusd),
    remaining_usd: formatUsd('remainingPusd' in credit ? credit.remainingPusd : credit.amountPusd - credit.expiredPusd),
    expires_at: credit.expiresAt?.toISOString() ?? null,
    note: credit.note,
    created_at: credit.createdAt.toISOString(),
  };
}
