import { GatewayError } from '../../common/errors';
import { formatUsd, type PicoUsd } from '../../common/money';
import { scopeOf } from '../budget';
import type { BudgetWindow } from './budget-window';

/** The hold of a call would exceed a budget. */
export class BudgetExceededError extends GatewayError {
  constructor(
    readonly window: BudgetWindow,
    needPusd: PicoUsd,
  ) {
    const { budget, state, slice, endMs } = window;
    const scope = scopeOf(budget);
    const reservedPusd = state.leasedPusd > slice.held ? state.leasedPusd : slice.held;
    const resetsAt = Number.isFinite(endMs) ? new Date(endMs).toISOString() : null;
    const reset = resetsAt === null ? 'It does not reset by itself.' : `It resets at ${resetsAt}.`;
    const limit = formatUsd(budget.limitPusd);
    super('budget_exceeded', {
      message:
        `The budget ${budget.id} of ${scope} has no room for this call: limit $${limit}, spent $${formatUsd(state.spentPusd)}, ` +
        `reserved $${formatUsd(reservedPusd)}, needed at worst $${formatUsd(needPusd)}. ${reset} ` +
        'Ask an administrator for more, or set max_completion_tokens to need less.',
      param: scope,
      // Reserved money may soon be free again.
      ...(reservedPusd > 0n && { retryAfterSeconds: 1 }),
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
