import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsService } from '../alerts/alerts.service';
import { formatUsd, type PicoUsd } from '../common/money';
import { GatewayConfig } from '../config/gateway-config';
import { Database } from '../database/database.connection';
import { type Budget, scopeOf } from './budget';
import { BudgetDirectory } from './budget-directory.service';
import { type BudgetStatus, BudgetStatusService } from './budget-status.service';

const CHECK_EVERY_MS = 5_000;
const PARTS = 1_000_000n;
/** No forecast alert is raised before this share of the window is over: too little is known. */
const FORECAST_AFTER = 0.1;

/** Raises an alert when a budget reaches one of its thresholds, or when its forecast exceeds the limit. */
@Injectable()
export class BudgetWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger(BudgetWatch.name);
  private checking: Promise<void> | undefined;

  constructor(
    private readonly directory: BudgetDirectory,
    private readonly statuses: BudgetStatusService,
    private readonly alerts: AlertsService,
    private readonly database: Database,
    private readonly config: GatewayConfig,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => this.check(), CHECK_EVERY_MS).unref();
    this.database.beforeClose(async () => {
      clearInterval(timer);
      await this.checking;
    });
  }

  private check(): void {
    this.checking ??= this.checkAll()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'budgets could not be checked'))
      .finally(() => (this.checking = undefined));
  }

  private async checkAll(): Promise<void> {
    const budgets = this.directory.all();
    if (budgets.length === 0) return;
    for (const [index, status] of (await this.statuses.of(budgets)).entries()) {
      const budget = budgets[index];
      if (budget) this.raiseAlerts(budget, status);
    }
  }

  private raiseAlerts(budget: Budget, { spentPusd, window, forecastPusd, now }: BudgetStatus): void {
    const resetsAt = Number.isFinite(window.endMs) ? new Date(window.endMs).toISOString() : null;
    const base = { budget_id: budget.id, scope: scopeOf(budget), limit_usd: formatUsd(budget.limitPusd) };
    const dedupePart = `${budget.id}:${window.startMs}:${budget.limitPusd}`;
    // Only the highest reached threshold: at 100 % no alert for 80 % is raised.
    const share = budget.thresholds.findLast(
      (threshold) => spentPusd >= partOf(budget.limitPusd, threshold) && spentPusd > 0n,
    );
    if (share !== undefined) {
      this.alerts.raise({
        kind: 'budget_threshold',
        severity: share >= 1 ? 'critical' : 'warning',
        dedupeKey: `budget_threshold:${dedupePart}:${share}`,
        teamId: budget.teamId,
        data: { ...base, share, spent_usd: formatUsd(spentPusd), resets_at: resetsAt },
      });
    }
    const mayForecast = (now - window.startMs) / (window.endMs - window.startMs) >= FORECAST_AFTER;
    if (!this.config.alerts.forecast || resetsAt === null || forecastPusd === null || !mayForecast) return;
    if (forecastPusd <= budget.limitPusd || spentPusd >= budget.limitPusd) return;
    this.alerts.raise({
      kind: 'budget_forecast',
      severity: 'warning',
      dedupeKey: `budget_forecast:${dedupePart}`,
      teamId: budget.teamId,
      data: { ...base, forecast_usd: formatUsd(forecastPusd), resets_at: resetsAt },
    });
  }
}

function partOf(limitPusd: PicoUsd, share: number): PicoUsd {
  return (limitPusd * BigInt(Math.round(share * Number(PARTS)))) / PARTS;
}
