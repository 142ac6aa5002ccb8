import type { PicoUsd } from '../../common/money';
import type { Budget } from '../budget';
import { type Window, windowAt } from '../window';
import type { WindowState } from '../../ledger/leases/window-rows.repository';
import { Slice } from './slice';

/** How long spending is measured. */
const PACE_MS = 500n;

/** A budget in one of its windows, as this instance knows it. */
export class BudgetWindow {
  readonly slice = new Slice();
  readonly startMs: number;
  endMs: number;
  /** `budget id@unix seconds of the start`, as the ledger names it. */
  readonly key: string;
  /** How the window stood over all owners when this instance last leased of it. */
  state: WindowState = { spentPusd: 0n, leasedPusd: 0n };
  /** The question about the lease that the database has not answered yet; one at a time. */
  asking: Promise<void> | undefined;
  /** The amount that the last lease had no room for, and when that was, in milliseconds since 1970. */
  refused: { pusd: PicoUsd; at: number } | undefined;
  private pace = { at: 0, used: 0n, perSecond: 0n };
  /** True while the lease in the database may be larger than the slice. */
  inDoubt = false;

  constructor(
    public budget: Budget,
    { startMs, endMs }: Window,
  ) {
    this.startMs = startMs;
    this.endMs = endMs;
    this.key = windowKey(budget.id, startMs);
  }

  /** What the calls of this instance cost in so many seconds, at the highest pace of the last seconds. */
  spentIn(seconds: bigint, nowMs: number): PicoUsd {
    const elapsedMs = BigInt(Math.max(0, Math.round(nowMs - this.pace.at)));
    if (elapsedMs >= PACE_MS) {
      const { used } = this.slice;
      const measured = ((used - this.pace.used) * 1000n) / elapsedMs;
      const remembered = (this.pace.perSecond * 7n) / 8n;
      this.pace = { at: nowMs, used, perSecond: measured > remembered ? measured : remembered };
    }
    return this.pace.perSecond * seconds;
  }

  /** Spends nothing more of what is free. The window is in doubt until the database knows that this instance does not have it. */
  close(): void {
    this.slice.takeUnused();
    this.inDoubt = true;
  }

  /** Whether the slice has room for a call of this worst cost, or the budget only warns. */
  fits(worstPusd: PicoUsd): boolean {
    return this.budget.action === 'warn' || this.slice.fits(worstPusd);
  }

  covers(timeMs: number): boolean {
    return timeMs >= this.startMs && timeMs < this.endMs;
  }

  /** Takes on a changed budget whose window begins at the same time. Where it is smaller, too much of it may be leased. */
  change(budget: Budget, timeMs: number): void {
    if (budget.limitPusd < this.budget.limitPusd) this.close();
    this.budget = budget;
    this.refused = undefined;
    this.endMs = windowAt(budget.window, budget.timezone, timeMs).endMs;
  }
}

/** The name of a window in rows of the ledger. */
export function windowKey(budgetId: string, startMs: number): string {
  return `${budgetId}@${startMs / 1000}`;
}
