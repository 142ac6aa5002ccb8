import { GatewayError } from '../../common/errors';
import type { PicoUsd } from '../../common/money';
import type { Budget } from '../budget';
import type { BudgetWindow } from './budget-window';

/** How long a call waits for money that others have reserved and do not need in the end, or for the database. */
export const PATIENCE_MS = 2_000;
/** How often it looks meanwhile. */
export const LOOK_AGAIN_MS = 100;

/** @throws GatewayError `model_not_allowed` where a budget stops calls and the price of this one is not known */
export function requireKnownPrice(budgets: readonly Budget[], priceKnown: boolean): void {
  if (priceKnown || budgets.every(({ action }) => action === 'warn')) return;
  const message = 'Its price is not known, and a budget applies to this key. Set the price at /admin/prices.';
  throw new GatewayError('model_not_allowed', { message, param: 'model' });
}

/** What a caller gets while the database, which gives the leases, is away. */
export function leasesAway(cause?: unknown): GatewayError {
  const message = 'More of the budget of this key cannot be had right now. Try again shortly.';
  return new GatewayError('unavailable', { message, ...(cause !== undefined && { cause }) });
}

/** Whether the call would fit if everything that is only reserved came back. */
export function mayBeFreed({ budget, state }: BudgetWindow, worstPusd: PicoUsd): boolean {
  return state.spentPusd + worstPusd <= budget.limitPusd && state.leasedPusd > 0n;
}
