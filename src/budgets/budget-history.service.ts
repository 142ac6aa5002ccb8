import { Injectable } from '@nestjs/common';
import { startsWithin } from '../common/calendar';
import { Clock } from '../common/clock';
import type { PicoUsd } from '../common/money';
import { LedgerDrain } from '../ledger/drain/ledger-drain.service';
import { PeriodSpendRepository } from '../usage/reports/period-spend.repository';
import type { Budget } from './budget';
import { BudgetDirectory } from './budget-directory.service';
import { type Window, windowAt } from './window';

const DAY_MS = 24 * 3_600_000;
/** How many days of a window that never ends are told apart. */
const DAYS_OF_TOTAL = 92;

/** A span of time and what was spent in it. */
export interface SpentSpan {
  startMs: number;
  endMs: number;
  spentPusd: PicoUsd;
}

/** What was spent of a budget: in past windows, and in the current one step by step. */
export interface BudgetHistory {
  /** The newest first. */
  past: SpentSpan[];
  current: Window;
  spentPusd: PicoUsd;
  step: 'hour' | 'day';
  points: { startMs: number; spentPusd: PicoUsd; cumulativePusd: PicoUsd }[];
}

/** Reads the spending of budgets from the ledger, by their present windows, also for the time before a budget was there. */
@Injectable()
export class BudgetHistoryService {
  constructor(
    private readonly spend: PeriodSpendRepository,
    private readonly directory: BudgetDirectory,
    private readonly drain: LedgerDrain,
    private readonly clock: Clock,
  ) {}

  /** @param limit how many past windows */
  async of(budget: Budget, limit: number): Promise<BudgetHistory> {
    await this.drain.flush();
    const nowMs = this.clock.now();
    const { window: kind, timezone } = budget;
    const current = windowAt(kind, timezone, nowMs);
    const past = kind === 'total' ? [] : pastWindows(budget, current, limit);
    const step = kind === 'hour' || kind === 'day' ? 'hour' : 'day';
    const firstMs = kind === 'total' ? nowMs - DAYS_OF_TOTAL * DAY_MS : current.startMs;
    const steps = startsWithin(step, timezone, { startMs: firstMs, endMs: nowMs + 1 });
    const filter = { team_id: budget.teamId, key: this.keysOf(budget.keyId) };
    const starts = [...past.map(({ startMs }) => startMs).toReversed(), ...(kind === 'total' ? [0] : []), ...steps];
    const span = { from: new Date(starts[0] ?? 0), to: new Date(Math.min(current.endMs, nowMs + DAY_MS)) };
    const spent = await this.spend.of({ ...filter, ...span }, starts);
    let cumulativePusd = kind === 'total' ? (spent.get(0) ?? 0n) : 0n;
    const points = steps.map((startMs) => {
      const spentPusd = spent.get(startMs) ?? 0n;
      return { startMs, spentPusd, cumulativePusd: (cumulativePusd += spentPusd) };
    });
    return {
      past: past.map((window) => ({ ...window, spentPusd: spent.get(window.startMs) ?? 0n })),
      current,
      spentPusd: cumulativePusd,
      step,
      points,
    };
  }

  /** The keys whose calls count against a budget; undefined for a whole team. */
  private keysOf(keyId: string | null): string[] | undefined {
    return keyId === null ? undefined : [keyId, ...this.directory.successorsOf(keyId)];
  }
}

function pastWindows({ window: kind, timezone }: Budget, current: Window, limit: number): Window[] {
  const windows: Window[] = [];
  for (let { startMs } = current; windows.length < limit && startMs > 0;) {
    const window = windowAt(kind, timezone, startMs - 1);
    windows.push(window);
    startMs = window.startMs;
  }
  return windows;
}
