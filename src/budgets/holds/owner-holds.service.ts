import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { type Owner, OwnerEndedError } from '../../common/owner';
import type { Budget } from '../budget';
import { windowAt } from '../window';
import { BudgetExceededError } from './budget-exceeded';
import { BudgetWindow } from './budget-window';
import { RETRY_MS, mayBeFreed, MAX_WAIT_MS, requireKnownPrice, leasesUnavailable } from './hold-rules';
import { OwnerLeasesRepository } from '../../ledger/leases/owner-leases.repository';

/** Holds for owners that outlive this instance, such as batches: in the database, until the owner ends. */
@Injectable()
export class OwnerHoldsService {
  constructor(
    private readonly leases: OwnerLeasesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Holds the worst-case cost of all attempts of an owner in the current window of each budget, or in none. An owner has one
   * hold; if it exists already, it does not change. The owner's attempts spend from it, and it ends with the owner. Waits up to
   * two seconds if money is only reserved.
   *
   * @param worstPusd of all attempts together
   * @param excused id of a budget that may be exceeded; the attempts still count against it
   * @returns the keys of the charged windows, for `charged` in the ledger rows of all attempts
   * @throws BudgetExceededError if the hold exceeds a budget
   * @throws GatewayError `model_not_allowed` if a price is unknown, `unavailable` if the database is unavailable
   * @throws OwnerEndedError if the owner is not registered
   */
  async hold(
    owner: Owner,
    budgets: readonly Budget[],
    worstPusd: PicoUsd,
    priceKnown: boolean,
    excused?: string,
  ): Promise<string[]> {
    requireKnownPrice(budgets, priceKnown);
    if (budgets.length === 0) return [];
    const unlimited = new Set(budgets.flatMap(({ id, action }) => (action === 'warn' || id === excused ? [id] : [])));
    const deadline = performance.now() + MAX_WAIT_MS;
    for (;;) {
      const nowMs = this.clock.now();
      const windows = budgets.map(
        (budget) => new BudgetWindow(budget, windowAt(budget.window, budget.timezone, nowMs)),
      );
      const hold = await this.leases.hold(owner, windows, worstPusd, unlimited).catch((cause: unknown) => {
        throw cause instanceof OwnerEndedError ? cause : leasesUnavailable(cause);
      });
      if ('held' in hold) return hold.held;
      const short = windows.find(({ budget }) => budget.id === hold.short.budget.id);
      if (!short) throw new Error(`the budget ${hold.short.budget.id} has no window here`);
      short.state = hold.state;
      if (performance.now() >= deadline || !mayBeFreed(short, worstPusd))
        throw new BudgetExceededError(short, worstPusd);
      await delay(RETRY_MS);
    }
  }
}
