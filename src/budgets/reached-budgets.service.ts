import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { PicoUsd } from '../common/money';
import { LeasesRepository } from '../ledger/leases/leases.repository';
import { type Budget, partOf } from './budget';
import { BudgetDirectory } from './budget-directory.service';
import { windowKey } from './holds/budget-window';
import { type Window, windowAt } from './window';

/** A budget at or over one of its thresholds. */
export interface ReachedBudget {
  budget: Budget;
  /** The highest threshold that is reached. */
  share: number;
  spentPusd: PicoUsd;
  window: Window;
}

/** Says which budgets are nearly spent, with one query however many there are. */
@Injectable()
export class ReachedBudgets {
  constructor(
    private readonly directory: BudgetDirectory,
    private readonly leases: LeasesRepository,
    private readonly clock: Clock,
  ) {}

  /** The budgets of a team, or of all, that have reached a threshold; the fullest first. */
  async of(teamId: string | undefined): Promise<ReachedBudget[]> {
    const nowMs = this.clock.now();
    const windows = this.visible(teamId)
      .filter(({ thresholds, limitPusd }) => thresholds.length > 0 && limitPusd > 0n)
      .map((budget) => ({ budget, window: windowAt(budget.window, budget.timezone, nowMs) }));
    const states = await this.leases.states(windows.map(({ budget, window }) => ({ budget, startMs: window.startMs })));
    const reached = windows.flatMap(({ budget, window }) => {
      const spentPusd = states.get(windowKey(budget.id, window.startMs))?.spentPusd ?? 0n;
      const share = budget.thresholds.findLast((each) => spentPusd > 0n && spentPusd >= partOf(budget.limitPusd, each));
      return share === undefined ? [] : [{ budget, share, spentPusd, window }];
    });
    return reached.toSorted((left, right) => {
      const [one, other] = [left.spentPusd * right.budget.limitPusd, right.spentPusd * left.budget.limitPusd];
      return one === other ? 0 : one > other ? -1 : 1;
    });
  }

  /** The sum of the monthly budgets of whole teams; undefined where there is none. */
  monthlyPusd(teamId: string | undefined): PicoUsd | undefined {
    const monthly = this.visible(teamId).filter(({ keyId, window }) => keyId === null && window === 'month');
    return monthly.length === 0 ? undefined : monthly.reduce((sum, { limitPusd }) => sum + limitPusd, 0n);
  }

  private visible(teamId: string | undefined): Budget[] {
    return this.directory.all().filter((budget) => teamId === undefined || budget.teamId === teamId);
  }
}
