import { GatewayError } from '../../common/errors';
import { formatUsd, type PicoUsd } from '../../common/money';
import { namedScopeOf, scopeOf } from '../budget';
import type { BudgetWindow } from './budget-window';
import { mayBeFreed } from './hold-rules';

/**
 * The hold of a call would exceed a budget: `budget_exceeded` if the money is spent, `budget_reserved` if running calls hold it,
 * so that clients try again.
 */
export class BudgetExceededError extends GatewayError {
  constructor(
    readonly window: BudgetWindow,
    /** The most that the call can cost. */
    readonly neededPusd: PicoUsd,
  ) {
    const { budget, state, slice, endMs } = window;
    const scope = scopeOf(budget);
    const reservedPusd = state.leasedPusd > slice.held ? state.leasedPusd : slice.held;
    const isReserved = mayBeFreed(window, neededPusd);
    const resetsAt = Number.isFinite(endMs) ? new Date(endMs).toISOString() : null;
    const reset = resetsAt === null ? 'It does not reset by itself.' : `It resets at ${resetsAt}.`;
    const limit = formatUsd(budget.limitPusd);
    const advice = isReserved
      ? 'Try again when running calls have ended, or set max_completion_tokens to need less.'
      : `${reset} Ask an administrator for more, or set max_completion_tokens to need less.`;
    super(isReserved ? 'budget_reserved' : 'budget_exceeded', {
      message:
        `The budget ${budget.id} of ${namedScopeOf(budget)} has no room for this call: limit $${limit}, spent $${formatUsd(state.spentPusd)}, ` +
        `reserved $${formatUsd(reservedPusd)}, needed at worst $${formatUsd(neededPusd)}. ${advice}`,
      param: scope,
      members: {
        budget_id: budget.id,
        scope,
        limit_usd: limit,
        spent_usd: formatUsd(state.spentPusd),
        reserved_usd: formatUsd(reservedPusd),
        resets_at: resetsAt,
      },
    });
  }
}
