import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/caller';
import type { PicoUsd } from '../common/money';
import type { Budget } from './budget';
import { BudgetDirectory } from './budget-directory.service';
import type { Hold } from './holds/hold';
import { HoldsService } from './holds/holds.service';

/** What a call passes before it may cost anything. */
@Injectable()
export class BudgetGate {
  constructor(
    private readonly directory: BudgetDirectory,
    private readonly holds: HoldsService,
  ) {}

  /** The budgets that a call counts against; mostly none. */
  of(caller: Caller): readonly Budget[] {
    return this.directory.of(caller);
  }

  /** Holds the worst cost of a try. See {@link HoldsService.take}. */
  take(budgets: readonly Budget[], worstPusd: PicoUsd, priceKnown: boolean, excused?: string): Promise<Hold> {
    return this.holds.take(budgets, worstPusd, priceKnown, excused);
  }
}
