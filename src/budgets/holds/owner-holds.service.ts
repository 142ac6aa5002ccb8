import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { type Owner, OwnerEndedError } from '../../common/owner';
import type { Budget } from '../budget';
import { windowAt } from '../window';
import { BudgetExceededError } from './budget-exceeded';
import { BudgetWindow } from './budget-window';
import { LOOK_AGAIN_MS, mayBeFreed, PATIENCE_MS, requireKnownPrice, leasesAway } from './hold-rules';
import { OwnerLeasesRepository } from '../../ledger/leases/owner-leases.repository';

/** Holds money for owners that outlive this instance: in the database, until the owner ends. */
@Injectable()
export class OwnerHoldsService {
  constructor(
    private readonly leases: OwnerLeasesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Holds the worst cost of all that an owner will send, in all budgets or in none, in their windows of now. It is held once:
   * where the owner holds already, that hold stands. It ends with the owner alone; what its attempts cost meanwhile is spent
   * out of it. Waits up to two seconds where money is only reserved.
   *
   * @param worstPusd for all attempts together
   * @param excused a budget that is over its limit and counts without stopping the owner
   * @returns the keys of the windows that pay, which the rows of all attempts name as `charged`
   * @throws BudgetExceededError when a budget has no room
   * @throws GatewayError `model_not_allowed` where a price is not known, `unavailable` when the database is away
   * @throws OwnerEndedError where the owner is not registered
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
    const counting = new Set(budgets.flatMap(({ id, action }) => (action === 'warn' || id === excused ? [id] : [])));
    const deadline = this.clock.now() + PATIENCE_MS;
    for (;;) {
      const nowMs = this.clock.now();
      const windows = budgets.map(
        (budget) => new BudgetWindow(budget, windowAt(budget.window, budget.timezone, nowMs)),
      );
      const hold = await this.leases.hold(owner, windows, worstPusd, counting).catch((cause: unknown) => {
        throw cause instanceof OwnerEndedError ? cause : leasesAway(cause);
      });
      if ('held' in hold) return hold.held;
      const short = windows.find(({ budget }) => budget.id === hold.short.budget.id);
      if (!short) throw new Error(`no window of the budget ${hold.short.budget.id}`);
      short.state = hold.state;
      if (nowMs >= deadline || !mayBeFreed(short, worstPusd)) throw new BudgetExceededError(short, worstPusd);
      await delay(LOOK_AGAIN_MS);
    }
  }
}
