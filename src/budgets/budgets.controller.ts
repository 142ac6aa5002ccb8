import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { type Actor, ApiIfMatch, CurrentActor, setVersion } from '../audit/seen-version';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller, CurrentScope, type Scope } from '../common/caller';
import { pageOf } from '../common/pages';
import { formatUsd, parseUsd } from '../common/money';
import { type BudgetStatus, BudgetStatusService } from './budget-status.service';
import { settingsToWire } from './budget';
import type { StoredBudget } from './budgets.repository';
import { BudgetsService } from './budgets.service';

const PATH_ID = { schema: contracts.pathIdSchema };

/** `/admin/budgets`: spending limits of teams and keys. */
@ApiTags('Budgets')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('budgets:read', 'query')
@Controller('admin/budgets')
export class BudgetsController {
  constructor(
    private readonly budgets: BudgetsService,
    private readonly statuses: BudgetStatusService,
  ) {}

  @Post()
  @Requires('budgets:write', 'handler')
  @ApiOperation({
    summary: 'Create a budget',
    description:
      'Team admins create budgets of keys only. A team or a key may have several budgets with different windows; a call counts against each. Earlier spending in the ' +
      'current window counts too. Responses from the cache cost nothing and are never refused.',
  })
  @ApiCreatedResponse({ description: 'The budget.', standardSchema: contracts.budgetSchema })
  @ApiErrors('invalid_request', 'not_found')
  async create(
    @Body({ schema: contracts.createBudgetSchema }) body: contracts.CreateBudget,
    @CurrentCaller() { keyId: actor }: Caller,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.Budget> {
    const owner = body.key_id === undefined ? { teamId: body.team_id ?? '' } : { keyId: body.key_id };
    const settings = {
      limitPusd: parseUsd(body.limit_usd),
      window: body.window,
      timezone: body.timezone,
      action: body.action,
      downgradeTo: body.downgrade_to ?? null,
      thresholds: body.thresholds,
    };
    return this.show(await this.budgets.create(owner, settings, { actor, scope }));
  }

  @Get()
  @ApiOperation({ summary: 'List budgets', description: 'Oldest first, with the dollars spent and reserved now.' })
  @ApiOkResponse({ description: 'The budgets.', standardSchema: contracts.budgetListSchema })
  @ApiErrors('invalid_request')
  async list(
    @Query({ schema: contracts.listBudgetsQuerySchema }) query: contracts.ListBudgetsQuery,
  ): Promise<contracts.BudgetList> {
    const { team_id: teamId, key_id: keyId, limit, cursor } = query;
    const { data: budgets, ...page } = pageOf(
      await this.budgets.list({ teamId, keyId, page: { limit, cursor } }),
      limit,
    );
    const statuses = await this.statuses.of(budgets);
    const data = budgets.flatMap((budget, index) => (statuses[index] ? [toWire(budget, statuses[index])] : []));
    return { data, ...page };
  }

  @Get(':id')
  @Requires('budgets:read', 'handler')
  @ApiOperation({ summary: 'Show a budget', description: 'With the dollars spent, reserved, remaining and forecast.' })
  @ApiOkResponse({ description: 'The budget.', standardSchema: contracts.budgetSchema })
  @ApiErrors('not_found')
  async get(
    @Param('id', PATH_ID) id: string,
    @CurrentScope() scope: Scope,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.Budget> {
    const budget = await this.budgets.get(id, scope);
    setVersion(reply, settingsToWire(budget));
    return this.show(budget);
  }

  @Patch(':id')
  @ApiIfMatch()
  @Requires('budgets:write', 'handler')
  @ApiOperation({
    summary: 'Change a budget',
    description: 'Omitted members do not change. Takes effect at once; spending in the current window still counts.',
  })
  @ApiOkResponse({ description: 'The changed budget.', standardSchema: contracts.budgetSchema })
  @ApiErrors('invalid_request', 'not_found')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateBudgetSchema }) body: contracts.UpdateBudget,
    @CurrentActor() actor: Actor,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.Budget> {
    const changes = {
      ...(body.limit_usd !== undefined && { limitPusd: parseUsd(body.limit_usd) }),
      ...(body.window !== undefined && { window: body.window }),
      ...(body.timezone !== undefined && { timezone: body.timezone }),
      ...(body.action !== undefined && { action: body.action }),
      ...(body.downgrade_to !== undefined && { downgradeTo: body.downgrade_to }),
      ...(body.thresholds !== undefined && { thresholds: body.thresholds }),
    };
    return this.show(await this.budgets.update(id, changes, { actor, scope }));
  }

  @Delete(':id')
  @ApiIfMatch()
  @Requires('budgets:write', 'handler')
  @ApiOperation({ summary: 'Delete a budget', description: 'It no longer limits calls. Past calls stay in reports.' })
  @ApiOkResponse({ description: 'The budget is deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found')
  async delete(
    @Param('id', PATH_ID) id: string,
    @CurrentActor() actor: Actor,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.Deleted> {
    await this.budgets.delete(id, { actor, scope });
    return { id, deleted: true };
  }

  private async show(budget: StoredBudget): Promise<contracts.Budget> {
    const [status] = await this.statuses.of([budget]);
    if (!status) throw new Error('the budget has no status');
    return toWire(budget, status);
  }
}

function toWire(budget: StoredBudget, status: BudgetStatus): contracts.Budget {
  const { spentPusd, reservedPusd, window, forecastPusd } = status;
  const remainingPusd = budget.limitPusd - spentPusd - reservedPusd;
  const endless = !Number.isFinite(window.endMs);
  return {
    ...settingsToWire(budget),
    window_start: endless ? null : new Date(window.startMs).toISOString(),
    resets_at: endless ? null : new Date(window.endMs).toISOString(),
    spent_usd: formatUsd(spentPusd),
    reserved_usd: formatUsd(reservedPusd),
    remaining_usd: formatUsd(remainingPusd > 0n ? remainingPusd : 0n),
    forecast_usd: forecastPusd === null ? null : formatUsd(forecastPusd),
    forecast_low_usd: status.forecastBand && formatUsd(status.forecastBand.lowPusd),
    forecast_high_usd: status.forecastBand && formatUsd(status.forecastBand.highPusd),
    forecast_basis: status.forecastBasis,
    created_at: budget.createdAt.toISOString(),
    updated_at: budget.updatedAt.toISOString(),
  };
}
