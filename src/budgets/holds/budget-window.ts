import type { PicoUsd } from '../../common/money';
import type { Budget } from '../budget';
import { type Window, windowAt } from '../window';
import type { WindowState } from '../../ledger/leases/window-rows.repository';
import { Slice } from './slice';

/** The shortest time over which the spending rate is measured. */
const RATE_MS = 500n;

/** This instance's view of a budget window. */
export class BudgetWindow {
  readonly slice = new Slice();
  readonly startMs: number;
  endMs: number;
  /** `budget id@unix seconds of the start`, as in the ledger. */
  readonly key: string;
  /** The window's sums over all owners when this instance last leased. */
  state: WindowState = { spentPusd: 0n, leasedPusd: 0n };
  /** The running database query about the lease; at most one at a time. */
  querying: Promise<void> | undefined;
  /** The amount that the last lease did not grant, and when, in milliseconds since 1970. */
  refused: { pusd: PicoUsd; at: number } | undefined;
  private rate = { at: 0, used: 0n, perSecond: 0n };
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

  /** The expected cost of this instance's calls in some seconds, at the highest rate of the last seconds. */
  spentIn(seconds: bigint, nowMs: number): PicoUsd {
    const elapsedMs = BigInt(Math.abs(Math.round(nowMs - this.rate.at)));
    if (elapsedMs >= RATE_MS) {
      const { used } = this.slice;
      const measured = ((used - this.rate.used) * 1000n) / elapsedMs;
      const earlier = (this.rate.perSecond * 7n) / 8n;
      this.rate = { at: nowMs, used, perSecond: measured > earlier ? measured : earlier };
    }
    return this.rate.perSecond * seconds;
  }

  /** Removes what is free from the slice. The window is in doubt until the database has the smaller lease. */
  close(): void {
    this.slice.takeUnused();
    this.inDoubt = true;
  }

  /** Whether a hold fits into the slice, or the budget only warns. */
  fits(worstPusd: PicoUsd): boolean {
    return this.budget.action === 'warn' || this.slice.fits(worstPusd);
  }

  covers(timeMs: number): boolean {
    return timeMs >= this.startMs && timeMs < this.endMs;
  }

  /** Applies a change of the budget. If its limit is smaller, too much may be leased, so the free part is given up. */
  change(budget: Budget, timeMs: number): void {
    if (budget.limitPusd < this.budget.limitPusd) this.close();
    this.budget = budget;
    this.refused = undefined;
    this.endMs = windowAt(budget.window, budget.timezone, timeMs).endMs;
  }
}

/** The key of a budget window in rows of the ledger. */
export function windowKey(budgetId: string, startMs: number): string {
  return `${budgetId}@${startMs / 1000}`;
}
