import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { Clock } from '../../common/clock';
import { formatUsd, parseUsd } from '../../common/money';
import { GatewayConfig } from '../../config/gateway-config';
import { Database } from '../../database/database.connection';
import { anomaly, type AnomalyRule, hoursToCompare } from './anomaly';
import { HourlySpendRepository } from './hourly-spend.repository';

const HOUR_MS = 3_600_000;
const CHECK_EVERY_MS = 5 * 60_000;
/** Hours that each check covers: long calls reach the ledger after their hour is over. */
const HOURS_BACK = 3;
/** Hours that the first check covers: earlier ones may be unchecked if no gateway ran. */
const HOURS_BACK_AT_START = 24;

/** Raises alerts for anomalies in the spending of past hours. */
@Injectable()
export class SpendWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger(SpendWatch.name);
  private readonly rule: AnomalyRule;
  private hoursBack = HOURS_BACK_AT_START;
  private working: Promise<void> | undefined;

  constructor(
    config: GatewayConfig,
    private readonly spend: HourlySpendRepository,
    private readonly alerts: AlertsService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.rule = { factor: config.alerts.anomaly_factor, floorPusd: parseUsd(config.alerts.anomaly_floor_usd) };
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.look(), CHECK_EVERY_MS).unref();
    this.database.beforeClose(async () => {
      clearInterval(timer);
      await this.working;
    });
    void this.look();
  }

  /** Checks now. An anomaly is raised once, however often its hour is checked. */
  look(): Promise<void> {
    return (this.working ??= this.lookBack()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'spending could not be checked'))
      .finally(() => (this.working = undefined)));
  }

  private async lookBack(): Promise<void> {
    const thisHourMs = Math.floor(this.clock.now() / HOUR_MS) * HOUR_MS;
    for (let back = this.hoursBack; back >= 1; back -= 1) await this.lookAt(thisHourMs - back * HOUR_MS);
    this.hoursBack = HOURS_BACK;
  }

  private async lookAt(hourMs: number): Promise<void> {
    const hour = new Date(hourMs).toISOString();
    const { floorPusd } = this.rule;
    for (const { teamId, sinceMs, hours } of await this.spend.ofSpenders(hourMs, floorPusd, hoursToCompare(hourMs))) {
      const usualPusd = anomaly(hourMs, hours, sinceMs, this.rule);
      if (usualPusd === undefined) continue;
      this.alerts.raise({
        kind: 'spend_anomaly',
        severity: 'warning',
        dedupeKey: `spend_anomaly:${teamId}:${hour}`,
        teamId,
        data: {
          team_id: teamId,
          hour,
          spent_usd: formatUsd(hours.get(hourMs) ?? 0n),
          usual_usd: formatUsd(usualPusd),
        },
      });
    }
  }
}
