import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { CurrentScope, type Scope } from '../common/caller';
import { formatUsd } from '../common/money';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import type { Budget } from './budget';
import { type BudgetHistory, BudgetHistoryService } from './budget-history.service';
import { BudgetsService } from './budgets.service';

const PATH_ID = { schema: contracts.pathIdSchema };

/** `/admin/budgets/{id}/windows`: what a new limit would have meant. */
@ApiTags('Budgets')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('budgets:read', 'handler')
@Controller('admin/budgets/:id/windows')
export class BudgetWindowsController {
  constructor(
    private readonly budgets: BudgetsService,
    private readonly history: BudgetHistoryService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Show the windows of a budget',
    description:
      'What was spent in past windows, and in the current one by day, or by hour for the windows hour and day. From the ledger, also ' +
      'for the time before the budget was there.',
  })
  @ApiOkResponse({ description: 'The windows.', standardSchema: contracts.budgetWindowsSchema })
  @ApiErrors('invalid_request', 'not_found')
  async list(
    @Param('id', PATH_ID) id: string,
    @Query({ schema: contracts.budgetWindowsQuerySchema }) { limit }: contracts.BudgetWindowsQuery,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.BudgetWindows> {
    const budget = await this.budgets.get(id, scope);
    return toWire(budget, await this.history.of(budget, limit));
  }
}

const time = (ms: number) => new Date(ms).toISOString();

function toWire(budget: Budget, { past, current, spentPusd, step, points }: BudgetHistory): contracts.BudgetWindows {
  const endless = !Number.isFinite(current.endMs);
  return {
    budget_id: budget.id,
    window: budget.window,
    timezone: budget.timezone,
    limit_usd: formatUsd(budget.limitPusd),
    past: past.map((window) => ({
      window_start: time(window.startMs),
      window_end: time(window.endMs),
      spent_usd: formatUsd(window.spentPusd),
    })),
    current: {
      window_start: endless ? null : time(current.startMs),
      window_end: endless ? null : time(current.endMs),
      spent_usd: formatUsd(spentPusd),
      step,
      points: points.map((point) => ({
        start: time(point.startMs),
        spent_usd: formatUsd(point.spentPusd),
        cumulative_usd: formatUsd(point.cumulativePusd),
      })),
    },
  };
}
