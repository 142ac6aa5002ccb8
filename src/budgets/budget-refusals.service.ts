import { Injectable } from '@nestjs/common';
import type { PicoUsd } from '../common/money';
import type { BudgetExceededError } from './holds/budget-exceeded';

/** The calls that a budget window had no room for, in this process. */
export interface Refusals {
  count: number;
  /** The key of the first one. */
  keyId: string;
  /** The most that the first one could cost. */
  neededPusd: PicoUsd;
  /** The end of the window, in milliseconds since 1970. */
  endMs: number;
}

/** Counts the calls that budgets refuse, for alerts: no row of the ledger has them. */
@Injectable()
export class BudgetRefusals {
  private readonly byWindow = new Map<string, Refusals>();
  private onFirst: () => void = () => undefined;

  /** Registers what runs at the first refusal in a window. */
  listen(listener: () => void): void {
    this.onFirst = listener;
  }

  /** Counts a refusal, unless running calls only hold the money: then the same call may fit a moment later. */
  add({ code, window, neededPusd }: BudgetExceededError, keyId: string): void {
    if (code !== 'budget_exceeded') return;
    const known = this.byWindow.get(window.key);
    if (known) {
      known.count += 1;
      return;
    }
    this.byWindow.set(window.key, { count: 1, keyId, neededPusd, endMs: window.endMs });
    this.onFirst();
  }

  /** @param key the window's key, see windowKey */
  of(key: string): Refusals | undefined {
    return this.byWindow.get(key);
  }

  /** Removes windows that are over. */
  prune(nowMs: number): void {
    for (const [key, { endMs }] of this.byWindow) if (endMs <= nowMs) this.byWindow.delete(key);
  }
}
