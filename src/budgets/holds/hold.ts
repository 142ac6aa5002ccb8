import type { PicoUsd } from '../../common/money';
import type { BudgetWindow } from './budget-window';

/** Money that is held for an attempt while it runs, in every budget that it counts against. Must be ended once. */
export class Hold {
  private ended = false;

  constructor(
    private readonly windows: readonly BudgetWindow[],
    readonly pusd: PicoUsd,
    private readonly freed: () => void,
  ) {
    for (const window of windows) window.slice.hold(pusd);
  }

  /** The windows that pay, as the ledger names them. */
  get charged(): string[] {
    return this.windows.map((window) => window.key);
  }

  /** Ends the hold with what the attempt cost; ending it again does nothing. */
  end(costPusd: PicoUsd, nowMs: number): void {
    if (this.ended) return;
    this.ended = true;
    for (const { slice } of this.windows) {
      slice.settle(this.pusd, costPusd);
      slice.touchedAt = nowMs;
    }
    this.freed();
  }
}
