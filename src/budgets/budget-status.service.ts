import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { PicoUsd } from '../common/money';
import type { Forecast } from '../usage/watch/forecast';
import type { ForecastBand } from '../usage/watch/forecast-band';
import { ForecastService } from '../usage/watch/forecast.service';
import { LedgerDrain } from '../ledger/drain/ledger-drain.service';
import type { Budget } from './budget';
import { windowKey } from './holds/budget-window';
import { HoldsService } from './holds/holds.service';
import { LeasesRepository } from '../ledger/leases/leases.repository';
import { type Window, windowAt } from './window';

/** Spending and reservations of a budget in its current window. */
export interface BudgetStatus {
  spentPusd: PicoUsd;
  /** Held for running calls, and leased ahead by other instances. */
  reservedPusd: PicoUsd;
  window: Window;
  /** The expected spending at the end of the window; null for a window without an end. */
  forecastPusd: PicoUsd | null;
  /** The band of the forecast; null if too little is known for one. */
  forecastBand: ForecastBand | null;
  /** Null if there is no forecast. */
  forecastBasis: Forecast['basis'] | null;
  /** When the status was read, in milliseconds since 1970. */
  now: number;
}

/** Reads the spending and reservations of budgets over all instances. */
@Injectable()
export class BudgetStatusService {
  constructor(
    private readonly leases: LeasesRepository,
    private readonly holds: HoldsService,
    private readonly drain: LedgerDrain,
    private readonly forecasts: ForecastService,
    private readonly clock: Clock,
  ) {}

  /** One status for each budget, in the same order. */
  async of(budgets: readonly Budget[]): Promise<BudgetStatus[]> {
    await this.drain.flush();
    const nowMs = this.clock.now();
    const windows = budgets.map((budget) => windowAt(budget.window, budget.timezone, nowMs));
    const keys = budgets.map((budget, index) => ({ budget, startMs: windows[index]?.startMs ?? 0 }));
    for (const key of keys) await this.leases.begin(key);
    const states = await this.leases.states(keys);
    const statuses: BudgetStatus[] = [];
    for (const [index, budget] of budgets.entries()) {
      const window = windows[index] ?? { startMs: 0, endMs: Infinity };
      const key = windowKey(budget.id, window.startMs);
      const state = states.get(key) ?? { spentPusd: 0n, leasedPusd: 0n };
      const { teamId, keyId } = budget;
      const forecast = Number.isFinite(window.endMs)
        ? await this.forecasts.ofWindow({ teamId, keyId }, window, state.spentPusd)
        : null;
      const forecastPusd = forecast?.pusd ?? null;
      // This instance's free slice is available to every caller.
      const reservedPusd = state.leasedPusd - this.holds.freePusd(key);
      statuses.push({
        spentPusd: state.spentPusd,
        reservedPusd: reservedPusd > 0n ? reservedPusd : 0n,
        window,
        forecastPusd,
        forecastBand: forecast?.band ?? null,
        forecastBasis: forecast?.basis ?? null,
        now: nowMs,
      });
    }
    return statuses;
  }
}
