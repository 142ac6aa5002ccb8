import type { PicoUsd } from '../../common/money';
import type { BudgetWindow } from './budget-window';

/** The worst-case cost of an attempt, reserved in each of its budgets while the attempt runs. Must be ended. */
export class Hold {
  private ended = false;

  constructor(
    private readonly windows: readonly BudgetWindow[],
    readonly pusd: PicoUsd,
    private readonly onEnd: () => void,
  ) {
    for (const window of windows) window.slice.hold(pusd);
  }

  /** The keys of the charged windows, as in the ledger. */
  get charged(): string[] {
    return this.windows.map((window) => window.key);
  }

  /** Ends the hold with the cost of the attempt; a second call does nothing. */
  end(costPusd: PicoUsd, nowMs: number): void {
    if (this.ended) return;
    this.ended = true;
    for (const { slice } of this.windows) {
      slice.settle(this.pusd, costPusd);
      slice.touchedAt = nowMs;
    }
    this.onEnd();
  }
}
