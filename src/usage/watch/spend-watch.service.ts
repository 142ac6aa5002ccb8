import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { Clock } from '../../common/clock';
import { formatUsd, parseUsd } from '../../common/money';
import { GatewayConfig } from '../../config/gateway-config';
import { Database } from '../../database/database.connection';
import { anomaly, type AnomalyRule } from './anomaly';
import { HourlySpendRepository } from './hourly-spend.repository';

const LOOK_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
const HISTORY_MS = 5 * 7 * 24 * HOUR_MS;

/** Looks at each hour that is over for spending that is not usual. */
@Injectable()
export class SpendWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger(SpendWatch.name);
  private readonly rule: AnomalyRule;
  private lastHourMs = 0;
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
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    this.database.beforeClose(async () => {
      clearInterval(timer);
      await this.working;
    });
    this.look();
  }

  private look(): void {
    this.working ??= this.lookAtLastHour()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'spending could not be looked at'))
      .finally(() => (this.working = undefined));
  }

  /** The hour is looked at a minute after its end at the earliest, when its last calls are in the ledger. */
  private async lookAtLastHour(): Promise<void> {
    const hourMs = Math.floor((this.clock.now() - LOOK_EVERY_MS) / HOUR_MS) * HOUR_MS - HOUR_MS;
    if (hourMs === this.lastHourMs) return;
    const hour = new Date(hourMs);
    for (const teamId of await this.spend.teamsIn(hour)) {
      const history = await this.spend.ofTeam(teamId, null, new Date(hourMs - HISTORY_MS));
      const usualPusd = anomaly(hourMs, history, this.rule);
      if (usualPusd === undefined) continue;
      this.alerts.raise({
        kind: 'spend_anomaly',
        severity: 'warning',
        dedupeKey: `spend_anomaly:${teamId}:${hour.toISOString()}`,
        teamId,
        data: {
          team_id: teamId,
          hour: hour.toISOString(),
          spent_usd: formatUsd(history.get(hourMs) ?? 0n),
          usual_usd: formatUsd(usualPusd),
        },
      });
    }
    this.lastHourMs = hourMs;
  }
}
