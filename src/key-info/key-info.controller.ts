import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { Budget } from '../budgets/budget';
import { BudgetDirectory } from '../budgets/budget-directory.service';
import { type BudgetStatus, BudgetStatusService } from '../budgets/budget-status.service';
import { type Caller, CurrentCaller } from '../common/caller';
import { formatUsd } from '../common/money';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { KeysService } from '../keys/keys.service';
import { toWire as keyToWire } from '../keys/api-key';
import { RedisThrottlerStore } from '../limits/redis-throttler.store';
import { TeamsService } from '../teams/teams.service';

/** Not a row of the keys' table: the administrator's key of the environment. */
const ADMIN_KEY_ID = 'admin';

/** `/v1/key`: what the key of this call is, may and has left. */
@ApiTags('Usage')
@ApiBearerAuth()
@Requires('api:use')
@Controller('v1/key')
export class KeyInfoController {
  constructor(
    private readonly keys: KeysService,
    private readonly teams: TeamsService,
    private readonly limits: RedisThrottlerStore,
    private readonly budgets: BudgetDirectory,
    private readonly statuses: BudgetStatusService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Show this key',
    description:
      'What the key of this call is, which models it may use, and what is left of its limit and of each budget that its ' +
      'calls count against. Costs nothing and counts against no limit.',
  })
  @ApiOkResponse({ description: 'The key.', standardSchema: contracts.keyInfoSchema })
  @ApiErrors('invalid_api_key')
  async show(@CurrentCaller() caller: Caller): Promise<contracts.KeyInfo> {
    const { id, name } = await this.teams.show(caller.teamId);
    const key = caller.keyId === ADMIN_KEY_ID ? undefined : keyToWire(await this.keys.show(caller.keyId));
    const budgets = this.budgets.of(caller);
    const statuses = await this.statuses.of(budgets);
    return {
      object: 'key',
      id: caller.keyId,
      name: key?.name ?? null,
      prefix: key?.prefix ?? null,
      role: caller.role,
      team: { id, name },
      models: key?.models ?? null,
      default_max_tokens: key?.default_max_tokens ?? null,
      cache: key?.cache ?? null,
      limits: { requests_per_minute: await this.requestsPerMinute(caller) },
      budgets: budgets.flatMap((budget, index) => (statuses[index] ? [toWire(budget, statuses[index])] : [])),
      created_at: secondsOf(key?.created_at),
      expires_at: secondsOf(key?.expires_at),
    };
  }

  private async requestsPerMinute({ keyId, rpmLimit: limit }: Caller) {
    if (limit === null) return null;
    const { used, resetMs } = await this.limits.usageOf(keyId);
    return { limit, remaining: Math.max(0, limit - used), resets_in_seconds: resetMs / 1000 };
  }
}

function toWire(budget: Budget, { spentPusd, reservedPusd, window }: BudgetStatus): contracts.KeyInfo['budgets'][0] {
  const remainingPusd = budget.limitPusd - spentPusd - reservedPusd;
  return {
    id: budget.id,
    scope: budget.keyId === null ? 'team' : 'key',
    limit_usd: formatUsd(budget.limitPusd),
    window: budget.window,
    timezone: budget.timezone,
    action: budget.action,
    spent_usd: formatUsd(spentPusd),
    reserved_usd: formatUsd(reservedPusd),
    remaining_usd: formatUsd(remainingPusd > 0n ? remainingPusd : 0n),
    resets_at: Number.isFinite(window.endMs) ? Math.floor(window.endMs / 1000) : null,
  };
}

/** Seconds since 1970, as times are on `/v1`. */
function secondsOf(time: string | null | undefined): number | null {
  return typeof time === 'string' ? Math.floor(Date.parse(time) / 1000) : null;
}
