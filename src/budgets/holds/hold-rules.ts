import { GatewayError } from '../../common/errors';
import type { PicoUsd } from '../../common/money';
import type { Budget } from '../budget';
import type { BudgetWindow } from './budget-window';

/** The longest time that a call waits for reserved money to become free, or for the database. */
export const MAX_WAIT_MS = 2_000;
/** The interval between two tries of a waiting call. */
export const RETRY_MS = 100;

/** @throws GatewayError `model_not_allowed` if a budget may refuse calls and the price of this call is unknown */
export function requireKnownPrice(budgets: readonly Budget[], priceKnown: boolean): void {
  if (priceKnown || budgets.every(({ action }) => action === 'warn')) return;
  const message =
    'The price of this model is unknown, and a budget applies to this key. Set the price at /admin/prices.';
  throw new GatewayError('model_not_allowed', { message, param: 'model' });
}

/**
 * @param member a member whose cost no price covers; undefined without one
 * @throws GatewayError `unsupported_parameter` that names it, if a budget may refuse calls
 */
export function requirePricedMembers(budgets: readonly Budget[], member: string | undefined): void {
  if (member === undefined || budgets.every(({ action }) => action === 'warn')) return;
  const message =
    `'${member}' makes the provider charge more than tokens, at a price that the gateway does not know, and a budget applies ` +
    'to this key. Leave it out, or use a key without a budget.';
  throw new GatewayError('unsupported_parameter', { message, param: member });
}

/** The error of a call that needs a lease while the database is unavailable. */
export function leasesUnavailable(cause?: unknown): GatewayError {
  const message = 'No more of this key’s budget can be leased now. Try again shortly.';
  return new GatewayError('unavailable', { message, ...(cause !== undefined && { cause }) });
}

/** Whether the call would fit if all reserved money became free. */
export function mayBeFreed({ budget, state }: BudgetWindow, worstPusd: PicoUsd): boolean {
  return state.spentPusd + worstPusd <= budget.limitPusd && state.leasedPusd > 0n;
}
