import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/caller';
import type { PicoUsd } from '../common/money';
import type { Owner } from '../common/owner';
import type { Budget } from './budget';
import { BudgetDirectory } from './budget-directory.service';
import type { Hold } from './holds/hold';
import { HoldsService } from './holds/holds.service';
import { OwnerHoldsService } from './holds/owner-holds.service';

/** What a call passes before it may cost anything. */
@Injectable()
export class BudgetGate {
  constructor(
    private readonly directory: BudgetDirectory,
    private readonly holds: HoldsService,
    private readonly ownerHolds: OwnerHoldsService,
  ) {}

  /** The budgets that a call counts against; mostly none. */
  of(caller: Caller): readonly Budget[] {
    return this.directory.of(caller);
  }

  /** Holds the worst cost of an attempt of this instance. See {@link HoldsService.take}. */
  take(budgets: readonly Budget[], worstPusd: PicoUsd, priceKnown: boolean, excused?: string): Promise<Hold> {
    return this.holds.take(budgets, worstPusd, priceKnown, excused);
  }

  /** Holds the worst cost of all attempts of a batch, which outlives this instance. See {@link OwnerHoldsService.hold}. */
  holdFor(
    owner: Owner,
    budgets: readonly Budget[],
    worstPusd: PicoUsd,
    priceKnown: boolean,
    excused?: string,
  ): Promise<string[]> {
    return this.ownerHolds.hold(owner, budgets, worstPusd, priceKnown, excused);
  }
}
