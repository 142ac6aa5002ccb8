import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsService } from '../alerts/alerts.service';
import { formatUsd, type PicoUsd } from '../common/money';
import { GatewayConfig } from '../config/gateway-config';
import { Database } from '../database/database.connection';
import { type Budget, partOf, scopeOf } from './budget';
import { BudgetDirectory } from './budget-directory.service';
import { BudgetRefusals, type Refusals } from './budget-refusals.service';
import { type BudgetStatus, BudgetStatusService } from './budget-status.service';
import { windowKey } from './holds/budget-window';

const CHECK_EVERY_MS = 5_000;
/** So that the alert about a first refusal counts those that come with it. */
const CHECK_AFTER_REFUSAL_MS = 1_000;
/** No forecast alert is raised before this share of the window is over: too little is known. */
const FORECAST_AFTER = 0.1;

/**
 * Raises an alert when a budget reaches one of its thresholds, when it has no room for a call, or when its forecast exceeds the
 * limit. A budget holds the worst cost of each call, so it can refuse calls long before its limit is spent.
 */
@Injectable()
export class BudgetWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger(BudgetWatch.name);
  private checking: Promise<void> | undefined;

  constructor(
    private readonly directory: BudgetDirectory,
    private readonly statuses: BudgetStatusService,
    private readonly refusals: BudgetRefusals,
    private readonly alerts: AlertsService,
    private readonly database: Database,
    private readonly config: GatewayConfig,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => this.check(), CHECK_EVERY_MS).unref();
    this.refusals.listen(() => setTimeout(() => this.check(), CHECK_AFTER_REFUSAL_MS).unref());
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
      this.refusals.prune(status.now);
    }
  }

  private raiseAlerts(budget: Budget, { spentPusd, window, forecastPusd, now }: BudgetStatus): void {
    const resetsAt = Number.isFinite(window.endMs) ? new Date(window.endMs).toISOString() : null;
    const base = { budget_id: budget.id, scope: scopeOf(budget), limit_usd: formatUsd(budget.limitPusd) };
    const dedupePart = `${budget.id}:${window.startMs}:${budget.limitPusd}`;
    const refusals = this.refusals.of(windowKey(budget.id, window.startMs));
    if (refusals) this.raiseExhausted(budget, refusals, { ...base, spentPusd, resetsAt, dedupePart });
    // Only the highest reached threshold: at 100 % no alert for 80 % is raised. A budget that refuses calls has reached 100 %.
    const share = budget.thresholds.findLast(
      (threshold) =>
        (spentPusd >= partOf(budget.limitPusd, threshold) && spentPusd > 0n) || (refusals && threshold <= 1),
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

  private raiseExhausted(
    { teamId, action }: Budget,
    { count, keyId, neededPusd }: Refusals,
    { spentPusd, resetsAt, dedupePart, ...base }: ExhaustedFacts,
  ): void {
    this.alerts.raise({
      kind: 'budget_exhausted',
      severity: 'critical',
      dedupeKey: `budget_exhausted:${dedupePart}`,
      teamId,
      data: {
        ...base,
        team_id: teamId,
        key_id: keyId,
        action,
        refused: count,
        spent_usd: formatUsd(spentPusd),
        needed_usd: formatUsd(neededPusd),
        resets_at: resetsAt,
      },
    });
  }
}

interface ExhaustedFacts {
  budget_id: string;
  scope: string;
  limit_usd: string;
  spentPusd: PicoUsd;
  resetsAt: string | null;
  dedupePart: string;
}
